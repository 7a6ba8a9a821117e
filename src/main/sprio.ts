import { run } from '../commands/sprio/run.ts';
import { runCommand } from './wire.ts';

/** `sprio`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sprio', calledAs }, run);
}

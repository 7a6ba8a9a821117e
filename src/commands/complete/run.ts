import { printable } from '../../base/text.ts';
import type { ClusterView } from '../../services/view.ts';
import { isLiveKind, liveKinds } from '../../tables/completions/live.ts';
import type { CommandIo } from '../io.ts';
import { candidatesOf } from './candidates.ts';

/** What mgpu_complete needs of the world. */
export interface CompleteDeps {
  view(): Promise<ClusterView>;
}

/**
 * `mgpu_complete KIND`: what may be typed there now, a line each, with a tab before what it is. Shells call
 * it while somebody types: it says nothing where the cluster cannot be read.
 */
export async function run(
  [kind = '']: readonly string[],
  io: CommandIo,
  deps: CompleteDeps,
): Promise<number> {
  if (!isLiveKind(kind)) {
    io.err(`mgpu_complete: error: expected one of ${liveKinds.join(', ')}\n`);
    return 1;
  }
  const lines = candidatesOf(kind, await deps.view())
    // A shell would take a word with blanks for several.
    .filter(({ value }) => /^[\w.@:+%-]+$/.test(value))
    .map(({ value, help }) => `${value}\t${printable(help)}\n`);
  io.out(lines.join(''));
  return 0;
}

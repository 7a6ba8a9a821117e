import type { Mailer, MailOrder } from '../ports/mailer.ts';
import { createToolRunner } from './tool.ts';

const timeoutMs = 60_000;

/** Sends mail by a program of this machine. */
export function systemMailer(): Mailer {
  const told = new Set<string>();
  return {
    send(order, failed) {
      const tell = (why: string): void => {
        if (told.has(why) || told.size >= reasonsMax) return;
        told.add(why);
        failed(why);
      };
      run(order).then(
        (why) => why !== undefined && tell(why),
        (error: unknown) => tell(String(error)),
      );
    },
  };
}

const reasonsMax = 100;

/** Gives what went wrong. */
async function run({ program, subject, to, variables }: MailOrder): Promise<string | undefined> {
  const outcome = await createToolRunner({ timeoutMs, env: variables })(program, ['-s', subject, to]);
  if (outcome.notFound) return `there is no ${program}`;
  if (outcome.timedOut) return `${program} took more than ${timeoutMs / 1000} seconds`;
  if (outcome.code !== 0) {
    return outcome.failure ?? `${program} ended with code ${outcome.code}: ${outcome.stderr.slice(0, 200)}`;
  }
  return undefined;
}

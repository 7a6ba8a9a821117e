import type { Following } from './follow.ts';
import type { Relay } from './relay.ts';

/** --session-timeout: ends a step of which nothing was read or written for long. */
export interface IdleWatch {
  /** Something was read for it. */
  read(): void;
  look(): Promise<void>;
}

export function idleWatch(
  { session, options, jobId, step, complain, terminate }: Omit<Following, 'streams'>,
  relay: Pick<Relay, 'shownBytes'>,
): IdleWatch {
  const { clock } = session.store;
  const { sessionSeconds = 0 } = options;
  let lastMs = clock.monotonicMs();
  let shown = 0;
  let hasEnded = false;
  return {
    read() {
      lastMs = clock.monotonicMs();
    },
    async look() {
      const now = clock.monotonicMs();
      if (relay.shownBytes() !== shown) lastMs = now;
      shown = relay.shownBytes();
      if (sessionSeconds === 0 || hasEnded || now - lastMs < sessionSeconds * 1000) return;
      hasEnded = true;
      const why = `no input or output for ${sessionSeconds} s (--session-timeout)`;
      await complain(`srun: error: StepId=${jobId}.${step} is ended: ${why}`);
      terminate();
    },
  };
}

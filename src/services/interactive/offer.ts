import type { LiveMode, LiveOffer } from '../../model/steplive.ts';
import { isByConnection } from '../../model/steplive.ts';
import type { LiveLink, LiveNet } from '../../ports/live.ts';
import type { Offered } from './live.ts';

/** How srun wants the streams of its step to come. */
export interface LiveWish {
  readonly mode: LiveMode;
  /** How long a supervisor tries to connect. */
  readonly seconds: number;
  /** Of this machine. */
  readonly bootId: string;
  readonly net: Pick<LiveNet, 'listen'>;
}

/** An open ear for the supervisors of a step. */
export interface MadeOffer extends Offered {
  readonly offer: LiveOffer;
  /** Listens no more. */
  close(): void;
}

/**
 * Listens for the supervisors of a step that may come to these machines; undefined where all of its streams
 * are to go through files. `bootIds` are those of the machines, by their boots.
 */
export async function offerLive(
  wish: LiveWish | undefined,
  bootIds: readonly (string | undefined)[],
): Promise<MadeOffer | undefined> {
  if (wish === undefined || wish.mode === 'file') return undefined;
  const { mode, seconds, bootId, net } = wish;
  if (!bootIds.some((one) => isByConnection({ mode, bootId }, one ?? ''))) return undefined;
  const early: LiveLink[] = [];
  let handler: ((link: LiveLink) => void) | undefined;
  const listener = await net.listen((link) => {
    if (handler !== undefined) handler(link);
    else if (early.length < linksMax(bootIds)) early.push(link);
    else link.close();
  }, linksMax(bootIds));
  const { addresses, port, key } = listener;
  return {
    offer: { mgpu: 'step-live', format: 1, mode, addresses, port, key, bootId, seconds },
    onLink(given) {
      handler = given;
      for (const link of early.splice(0)) given(link);
      return () => {
        handler = (link) => link.close();
      };
    },
    close() {
      listener.close();
      for (const link of early) link.close();
    },
  };
}

/** A supervisor that tries several addresses may be there more than once for a moment. */
function linksMax(bootIds: readonly unknown[]): number {
  return 4 * Math.max(1, bootIds.length);
}

import { type CountedControllers, countControllers, type DisplayController } from './display-controllers.ts';
import { unknownConditions, type VendorProbe } from './vendor.ts';

/** Lists the display controllers of this node. */
export type ListControllers = () => Promise<readonly DisplayController[]>;

const source = 'systeminformation';
const untold = 'found on the PCI bus only: without a tool of its vendor, health and processes are unknown';

/**
 * systeminformation's list. It runs lspci, clinfo and xrandr without a time-out and nvidia-smi without
 * yielding, so that it is to be called only on a node without nvidia-smi.
 */
export const listControllers: ListControllers = async () => {
  const { graphics } = await import('systeminformation');
  // It gives null on systems that it does not know, whatever its types say.
  const data: Awaited<ReturnType<typeof graphics>> | null = await graphics();
  return data?.controllers ?? [];
};

/**
 * GPUs without a tool of their vendor, by the PCI bus: their number and kind, and nothing of what they do.
 */
export function genericProbe(list: ListControllers, timeoutMs: number): VendorProbe {
  /** The call that is under way, also past its time-out: a second one would hang like it. */
  let pending: Promise<CountedControllers | Error> | undefined;

  async function count(): Promise<CountedControllers | Error> {
    pending ??= list()
      .then(countControllers)
      // Told in the problems of the inventory.
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        pending = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Error>((resolve) => {
      timer = setTimeout(() => resolve(new Error('no answer in time')), timeoutMs);
    });
    const result = await Promise.race([pending, late]);
    clearTimeout(timer);
    return result;
  }

  return {
    async inventory() {
      const result = await count();
      if (result instanceof Error) {
        const problems = [`${source} cannot list the display controllers: ${result.message}`];
        return { source, fate: 'broken', gpus: [], problems, ignored: [] };
      }
      const problems = result.gpus.map(({ index, model }) => `GPU ${index} (${model}) is ${untold}`);
      return { source, fate: result.gpus.length > 0 ? 'found' : 'none', problems, ...result };
    },

    conditions: async (known) => ({ source, conditions: unknownConditions(known, untold), problems: [] }),
  };
}

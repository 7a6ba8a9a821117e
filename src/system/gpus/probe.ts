import type { GpuConditions, GpuInventory, GpuProbe } from '../../ports/gpus.ts';
import { createToolRunner } from '../tool.ts';
import { amdSmiProbe, rocmSmiProbe } from './amd.ts';
import { genericProbe, type ListControllers, listControllers } from './generic.ts';
import { nvidiaProbe } from './nvidia.ts';
import type { VendorInventory, VendorProbe } from './vendor.ts';

export interface GpuProbeOptions {
  /**
   * Milliseconds for each call of a tool. Without persistence mode nvidia-smi may need seconds for each card.
   */
  readonly timeoutMs?: number;
  /** Added to the environment of the tools. With a PATH here, they are looked for there and nowhere else. */
  readonly env?: Readonly<Record<string, string>>;
  readonly listControllers?: ListControllers;
}

/** Where vendors put their tools without adding the folder to PATH. */
const moreFolders = ['/opt/rocm/bin', '/usr/lib/wsl/lib'];

/**
 * Asks nvidia-smi, or else AMD's tools, or else the PCI bus: the first that sees a GPU. Each inventory
 * chooses anew, but GPUs whose tool cannot be asked now stay in it.
 */
export function createGpuProbe(options: GpuProbeOptions = {}): GpuProbe {
  const { PATH = '' } = process.env;
  const { timeoutMs = 30_000, env } = options;
  const run = createToolRunner({ timeoutMs, env: { PATH: [PATH, ...moreFolders].join(':'), ...env } });
  const nvidia = nvidiaProbe(run);
  const generic = genericProbe(options.listControllers ?? listControllers, timeoutMs);
  const vendors = [nvidia, amdSmiProbe(run), rocmSmiProbe(run), generic];
  let chosen: VendorProbe | undefined;
  let newest: GpuInventory | undefined;

  async function takeInventory(): Promise<GpuInventory> {
    const answers = new Map<VendorProbe, VendorInventory>();
    for (const vendor of vendors) {
      // The list of the PCI bus runs nvidia-smi itself, and would wait for it without end.
      if (vendor === generic && answers.get(nvidia)?.fate !== 'missing') break;
      const answer = await vendor.inventory(vendor === chosen ? (newest?.gpus ?? []) : []);
      answers.set(vendor, answer);
      if (answer.fate === 'found') break;
    }
    const all = [...answers.values()];
    const problems = [...new Set(all.flatMap((answer) => answer.problems))];
    const ignored = [...new Set(all.flatMap((answer) => answer.ignored))];
    const found = [...answers].find(([, { fate }]) => fate === 'found');
    const isChosenBroken = chosen !== undefined && answers.get(chosen)?.fate === 'broken';
    if (newest !== undefined && found === undefined && isChosenBroken) return { ...newest, problems };
    chosen = found?.[0];
    const asked = all.find(({ fate, source }) => fate !== 'missing' && source !== 'systeminformation');
    const { source, gpus } = found?.[1] ?? { source: asked?.source ?? 'none', gpus: [] };
    newest = { source, gpus, problems, ignored };
    return newest;
  }

  async function takeConditions(): Promise<GpuConditions> {
    const { source, gpus, problems } = newest ?? (await takeInventory());
    return chosen === undefined ? { source, conditions: [], problems } : chosen.conditions(gpus);
  }

  // One thing at a time: two calls of a tool at once tell nothing more, and a hang is to hold one process
  // only.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(task: () => Promise<T>): () => Promise<T> {
    let waiting: Promise<T> | undefined;
    return () => {
      if (waiting !== undefined) return waiting;
      waiting = last.then(task).finally(() => {
        waiting = undefined;
      });
      // Who asked gets the error; the next one only waits for the end.
      last = waiting.catch(() => undefined);
      return waiting;
    };
  }
  return { inventory: inTurn(takeInventory), conditions: inTurn(takeConditions) };
}

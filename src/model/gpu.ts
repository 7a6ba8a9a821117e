import { MgpuError } from '../base/error.ts';
import { parseGpuCount } from './gres.ts';
import { limits } from './limits.ts';

/** A part of an NVIDIA card that jobs may be given on its own. */
export interface MigDevice {
  readonly uuid: string;
  /** Such as `3g.40gb`. */
  readonly profile: string;
  /** In MiB, nominal: what the profile's name promises, which is a little more than the device has. */
  readonly memoryMb?: number;
}

/** What a GPU is. It changes only with the hardware, its driver or its partitioning. */
export interface Gpu {
  /** Its number in its own tool, from 0. Numbers may have gaps where a device was not counted. */
  readonly index: number;
  /** What CUDA_VISIBLE_DEVICES (NVIDIA) or ROCR_VISIBLE_DEVICES (AMD) take for it. */
  readonly uuid?: string;
  /** Its name in its own tool, such as `NVIDIA A100-SXM4-80GB`; `unknown` if the tool cannot say. */
  readonly model: string;
  /** The type of gres, such as `a100`; empty if it cannot be told, so that only untyped requests get it. */
  readonly type: string;
  /** In MiB. */
  readonly memoryMb?: number;
  /** As `normalBusId` writes it. */
  readonly busId?: string;
  readonly vendor: 'nvidia' | 'amd' | 'intel' | 'declared';
  /** Present if MIG is on, and then empty if nothing was carved yet: no job can use such a card. */
  readonly mig?: readonly MigDevice[];
}

/** A process that holds a GPU. Its pid is the host's, also when read inside a container. */
export interface GpuProcess {
  readonly pid: number;
  /** In MiB on this GPU. */
  readonly memoryMb?: number;
  readonly name: string;
}

/** How a GPU is. A number that a tool did not give is absent, never 0. */
export interface GpuCondition {
  readonly index: number;
  /** `ok` was said by the tool; `unknown` means that nobody could say, so it is not a reason to claim it. */
  readonly health: 'ok' | 'unknown' | 'failed';
  /** Why the health is not `ok`, or why the processes are unknown. */
  readonly reason?: string;
  /** An empty list is what the tool said; inside a container it may hide processes of the host. */
  readonly processes: readonly GpuProcess[] | 'unknown';
  readonly utilizationPercent?: number;
  /** In MiB, by anybody. */
  readonly memoryUsedMb?: number;
  /** Uncorrected memory errors since the driver was loaded. */
  readonly eccUncorrected?: number;
}

/**
 * The GPUs that `--gpus` declares: `4`, `a100:4`, `a100:2,v100:2`, numbered from 0 in the order given.
 * Throws `GPUS_DECLARED` if the text is not of that form.
 */
export function declaredGpus(spec: string): readonly Gpu[] {
  const groups = parseGpuCount(spec);
  const total = groups?.reduce((sum, { count }) => sum + count, 0);
  if (groups === undefined || total === undefined || total > limits.gpusPerNode) {
    throw new MgpuError('GPUS_DECLARED', `invalid declaration of GPUs: ${spec}`, {
      hint: `use [type:]count[,type:count...] with at most ${limits.gpusPerNode} GPUs in all`,
    });
  }
  const types = groups.flatMap(({ type, count }) => Array<string>(count).fill(type?.toLowerCase() ?? ''));
  return types.map((type, index) => ({
    index,
    model: type === '' ? 'declared' : type,
    type,
    vendor: 'declared',
  }));
}

/**
 * One spelling for one device: `00000000:5D:00.0`, `0000:5d:00` and `5D:00.0` all become `0000:5d:00.0`.
 * Undefined if the text is no PCI address.
 */
export function normalBusId(text: string): string | undefined {
  const parts = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(text.trim());
  if (parts === null) return undefined;
  const [, domain = '0', bus = '', device = '', part = '0'] = parts;
  const short = domain.replace(/^0+/, '').padStart(4, '0');
  return `${short}:${bus.padStart(2, '0')}:${device.padStart(2, '0')}.${part}`.toLowerCase();
}

/**
 * The gres type that a model's name stands for: `NVIDIA A100-SXM4-80GB` is `a100`, `NVIDIA GeForce RTX 4090`
 * is `rtx4090`. Empty if the name stands for several models or for none that is known.
 */
export function gpuType(model: string): string {
  const text = bareName(model);
  // A list of PCI identities that share one number: to pick one of them would be a guess.
  if (text.includes('/')) return '';
  for (const [pattern, prefix] of families) {
    const match = pattern.exec(text);
    if (match !== null) return prefix + match.slice(1).join('').replace(/ /g, '');
  }
  const words = text.split(/[\s-]+/).filter((word) => !variantWord.test(word));
  return words.find((word) => modelWord.test(word)) ?? '';
}

/** Names whose model is more than one word, the first that fits counts. The groups are what is kept. */
const families: readonly (readonly [RegExp, string])[] = [
  [/\btitan( rtx| xp| x| v| z)?\b/, 'titan'],
  [/\brtx( pro)? (\d{3,4})( ti\b)?( super\b)?( d\b)?( sff\b)?( ada\b)?/, 'rtx'],
  [/\b(gtx|gts|gt) ?(\d{3,4})( ti\b)?( super\b)?/, ''],
  [/\bcmp (\d+hx)\b/, 'cmp'],
  [/\brx (vega \d+|\d{3,4})( xtx\b| xt\b| gre\b)?/, 'rx'],
  [/\bradeon(?: pro)? (vii)\b/, 'radeon'],
  [/\barc( pro)? ([ab]\d{2,3}m?)\b/, 'arc'],
  [/\b(max|flex) (\d{3,4})\b/, ''],
];

/** `a100`, `v100s`, `gh200`, `mi250x`, `l40s`: the usual shape of an accelerator's name. */
const modelWord = /^[a-z]{1,3}\d{1,4}[a-z]{0,2}$/;

/** Form factors, sizes and memories, which are shaped like models. */
const variantWord =
  /^(?:sxm\d?|pcie\d?|nvl\d*|hbm\d?[a-z]?|gddr\d?[a-z]?|\d+g(?:b|\.\d+gb)?|oam|mba|hpe|c2)$/;

/** The part of a name that may hold the model, in lower case and with single spaces. */
function bareName(model: string): string {
  const text = model
    .slice(0, limits.nameLength)
    .toLowerCase()
    .replace(/\[amd\/ati\]/g, ' ')
    .replace(/\((?:r|tm|c)\)|[®™]/g, ' ');
  // The PCI list writes a chip, then what is sold in brackets: `GA100 [A100 SXM4 80GB]`.
  const sold = /\[([^[\]]+)\]/.exec(text)?.[1] ?? text;
  return sold
    .replace(/\([^()]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

import { type BindList, formatBindMap, formatBindMasks, parseBindMap, parseBindMasks } from './binding.ts';
import { parseCount } from './counts.ts';
import { limits } from './limits.ts';

/** Which of a node's GPUs each task sees. */
export type GpuBind = { readonly verbose?: true } & (
  | { readonly kind: 'closest' | 'none' }
  /** One GPU for each `count` tasks. */
  | { readonly kind: 'single'; readonly count: number }
  /** So many GPUs for each task. */
  | { readonly kind: 'perTask'; readonly count: number }
  | { readonly kind: 'map' | 'mask'; readonly list: BindList }
);

/**
 * The value of --gpu-bind, in either case: `closest`, `none`, `single:2`, `per_task:1`, `map_gpu:0,1*2`,
 * `mask_gpu:0x3,f`, perhaps with `verbose,` before it. Lists without an entry and counts of 0, which Slurm
 * takes, are refused.
 */
export function parseGpuBind(text: string): GpuBind | undefined {
  const [, verbose, rest = ''] = /^(verbose,)?(.*)$/is.exec(text) ?? [];
  const bind = parseBind(rest.toLowerCase());
  return bind !== undefined && verbose !== undefined ? { ...bind, verbose: true } : bind;
}

/** Slurm's sentence about a --gpu-bind that does not parse. */
export function gpuBindComplaint(text: string): string | undefined {
  return parseGpuBind(text) === undefined ? `Invalid --gpu-bind argument: gpu:${text}` : undefined;
}

/** The binding as a text that parses to it. */
export function formatGpuBind(bind: GpuBind): string {
  return (bind.verbose === true ? 'verbose,' : '') + bindText(bind);
}

function bindText(bind: GpuBind): string {
  switch (bind.kind) {
    case 'closest':
    case 'none':
      return bind.kind;
    case 'single':
      return `single:${bind.count}`;
    case 'perTask':
      return `per_task:${bind.count}`;
    case 'map':
      return `map_gpu:${formatBindMap(bind.list)}`;
    case 'mask':
      return `mask_gpu:${formatBindMasks(bind.list)}`;
    default:
      return bind satisfies never;
  }
}

function parseBind(text: string): GpuBind | undefined {
  if (text === 'closest' || text === 'none') return { kind: text };
  const colon = text.indexOf(':');
  const word = text.slice(0, Math.max(0, colon));
  const value = text.slice(colon + 1);
  if (word === 'single' || word === 'per_task') {
    const count = parseCount(value, { max: limits.tasksPerJob });
    return count === undefined ? undefined : { kind: word === 'single' ? 'single' : 'perTask', count };
  }
  const kind = word === 'map_gpu' ? 'map' : word === 'mask_gpu' ? 'mask' : undefined;
  const list = kind === 'map' ? parseBindMap(value) : parseBindMasks(value);
  return kind === undefined || list === undefined ? undefined : { kind, list };
}

/** The ones of the node's devices that a task sees; undefined where nothing binds it (env.srun_bind). */
export function boundGpus(
  text: string | undefined,
  devices: readonly number[],
  localTask: number,
): readonly number[] | undefined {
  const bind = text === undefined ? undefined : parseGpuBind(text);
  if (bind === undefined || devices.length === 0) return undefined;
  const device = (place: number): readonly number[] => devices.slice(place, place + 1);
  switch (bind.kind) {
    case 'closest':
    case 'none':
      return undefined;
    case 'single':
      return device(Math.floor(localTask / bind.count) % devices.length);
    case 'perTask':
      return devices.slice(localTask * bind.count, (localTask + 1) * bind.count);
    // Both count among the devices that the step has.
    case 'map':
    case 'mask':
      return (bind.list[localTask % bind.list.length] ?? []).flatMap(device);
    default:
      return bind satisfies never;
  }
}

import { printable } from '../../base/text.ts';
import type { GpuCondition } from '../../model/gpu.ts';
import type { GpuProbe } from '../../ports/gpus.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The oldest Node.js that this program runs on. */
const nodeOldest = [20, 19] as const;

export interface MachineFacts {
  /** Such as `22.3.0`. */
  readonly nodeVersion: string;
  /** Node's name for the operating system. */
  readonly platform: string;
}

export function checkNodeVersion({ nodeVersion }: MachineFacts): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const isNew = major > nodeOldest[0] || (major === nodeOldest[0] && minor >= nodeOldest[1]);
  const what = 'Node.js';
  return isNew ? ok(what, nodeVersion) : fail(what, nodeVersion, `install ${nodeOldest.join('.')} or newer`);
}

export function checkPlatform({ platform }: MachineFacts): Finding {
  const what = 'operating system';
  if (platform === 'linux') return ok(what, platform);
  return warn(what, platform, 'commands work here, jobs run on Linux machines only: start mgpud on those');
}

/** The GPUs of this machine, and everything that went wrong on the way to them. */
export async function checkGpus(probe: GpuProbe): Promise<readonly Finding[]> {
  const what = 'GPUs';
  const { gpus, source, problems, ignored } = await probe.inventory();
  const conditions = await probe.conditions();
  const findings = [
    gpus.length === 0
      ? warn(
          what,
          'none found',
          'where that is right, nothing; else look whether nvidia-smi, amd-smi or rocm-smi works',
        )
      : ok(what, `${gpus.length} by ${source}: ${countedTypes(gpus.map((gpu) => gpu.type))}`),
  ];
  for (const text of ignored) findings.push(ok(what, `not counted: ${text}`));
  for (const text of new Set([...problems, ...conditions.problems])) findings.push(warn(what, text));
  for (const condition of conditions.conditions) findings.push(...checkCondition(condition));
  return findings;
}

function checkCondition({ index, health, reason, processes }: GpuCondition): readonly Finding[] {
  const what = `GPU ${index}`;
  const advice = 'jobs do not get it until that has passed';
  if (health !== 'ok')
    return [warn(what, `its health is ${health}${reason === undefined ? '' : `: ${reason}`}`, advice)];
  if (processes === 'unknown' || processes.length === 0) return [];
  const list = processes.map(({ pid, name }) => `${printable(name)} (${pid})`).join(', ');
  return [ok(what, `in use by ${list}`)];
}

/** `a100 x4, v100 x2` */
function countedTypes(types: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${type || 'untyped'} x${count}`).join(', ');
}

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ProcessIdentity, ProcessUsage } from '../ports/processes.ts';
import { codeOf } from './files/fault.ts';

const msPerTick = 10;
const pageKb = 4;

/** Of whom a process is: its environment does not change once it is its own. */
interface Owner {
  readonly node: string | undefined;
  readonly step: number | undefined;
  readonly task: number;
}

/** Measures processes by /proc; who they are for is read once. */
export function createUsage(
  root = '/proc',
): (all: readonly ProcessIdentity[]) => Promise<readonly ProcessUsage[]> {
  const owners = new Map<string, Owner | 'supervisor'>();
  return async (all) => {
    const seen = new Set<string>();
    const measured: ProcessUsage[] = [];
    for (const { pid, startTicks } of all) {
      const key = `${pid}.${startTicks}`;
      const stat = statOf(`${root}/${pid}`, startTicks);
      if (stat === undefined) continue;
      seen.add(key);
      const owner = owners.get(key) ?? (await ownerOf(`${root}/${pid}/environ`));
      owners.set(key, owner);
      if (owner === 'supervisor') continue;
      measured.push({ pid, ...owner, ...stat, ...diskOf(`${root}/${pid}/io`) });
    }
    for (const key of owners.keys()) if (!seen.has(key)) owners.delete(key);
    return measured;
  };
}

type Stat = Pick<ProcessUsage, 'userMs' | 'systemMs' | 'rssKb' | 'vmKb' | 'pages'>;

/** Fields of proc(5): 12 major faults, 14 to 17 times and those of children, 22 start, 23 and 24 sizes. */
function statOf(folder: string, startTicks: number): Stat | undefined {
  const line = textOf(`${folder}/stat`);
  if (line === undefined) return undefined;
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ', 22);
  const field = (number: number): number => Number(fields[number - 3]);
  if (field(22) !== startTicks) return undefined;
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(textOf(`${folder}/status`) ?? '')?.[1];
  return {
    userMs: (field(14) + field(16)) * msPerTick,
    systemMs: (field(15) + field(17)) * msPerTick,
    rssKb: peak === undefined ? field(24) * pageKb : Number(peak),
    vmKb: Math.round(field(23) / 1024),
    pages: field(12),
  };
}

function diskOf(path: string): Pick<ProcessUsage, 'readBytes' | 'writeBytes'> {
  const text = textOf(path) ?? '';
  const bytes = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return { readBytes: bytes('read_bytes'), writeBytes: bytes('write_bytes') };
}

/** A step's processes have its mark, and their task's number; what supervises them has no number. */
async function ownerOf(path: string): Promise<Owner | 'supervisor'> {
  const text = await environmentOf(path);
  if (/(?:^|\0)MGPU_STEP=/.test(text)) return 'supervisor';
  const step = /(?:^|\0)MGPU_STEP_MARK=[^\0]*\.(\d+)\.\d+(?=\0|$)/.exec(text)?.[1];
  const node = /(?:^|\0)MGPU_NODE=([^\0]*)/.exec(text)?.[1];
  const task = /(?:^|\0)SLURM_PROCID=(\d+)(?=\0|$)/.exec(text)?.[1];
  if (step !== undefined && task === undefined) return 'supervisor';
  return { node, step: step === undefined ? undefined : Number(step), task: Number(task ?? 0) };
}

/** Read on the thread pool: the kernel may make the reader wait (see procfs). */
async function environmentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    // Gone, or not ours to see.
    if (codeOf(error) === undefined) throw error;
    return '';
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    // The same.
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

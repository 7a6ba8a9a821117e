import { type Infer, object, text } from '../base/schema.ts';
import { limits } from './limits.ts';

/** What srun has run around each task of its step. */
export const taskHooksSchema = object(
  {},
  {
    /** Programs to run before and after it. */
    prolog: text(limits.pathLength),
    epilog: text(limits.pathLength),
    /** The CPUs for each task on a node, in turn, as taskset takes them. */
    cpus: text(limits.textLength),
    cpuMasks: text(limits.textLength),
  },
);
export type TaskHooks = Infer<typeof taskHooksSchema>;

/** What a task prolog says on its standard output: variables to set or to take out, and text to show. */
export function readProlog(output: string): {
  readonly set: Readonly<Record<string, string | undefined>>;
  readonly print: string;
} {
  const set: Record<string, string | undefined> = {};
  let print = '';
  for (const line of output.split('\n')) {
    const [, name, value] = /^export ([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) set[name] = value;
    const gone = /^unset ([A-Za-z_][A-Za-z0-9_]*)$/.exec(line)?.[1];
    if (gone !== undefined) set[gone] = undefined;
    if (line.startsWith('print ')) print += `${line.slice('print '.length)}\n`;
  }
  return { set, print };
}

/** The words before a task's command that bind it; none where nothing says so. */
export function bindingWords({ cpus, cpuMasks }: TaskHooks, localTask: number): readonly string[] {
  const own = (list: string): string => {
    const all = list.split(',');
    return all[localTask % all.length] ?? '';
  };
  if (cpus !== undefined) return ['taskset', '-c', own(cpus)];
  return cpuMasks === undefined ? [] : ['taskset', own(cpuMasks)];
}

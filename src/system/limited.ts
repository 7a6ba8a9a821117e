import { setLimits } from '../model/ulimit.ts';
import type { TaskLaunch } from '../ports/tasks.ts';

/*
 * Node cannot set the limits of a process, so a shell does it just before it becomes the program. On its way
 * it tells the program its own number, which nobody knows before.
 */

const text = `m_limits=$1 m_stepd=slurmstepd
shift
${setLimits}
SLURM_TASK_PID=$$
export SLURM_TASK_PID
exec "$@"
`;

/** The words that run a program under the limits of its launch, and in the environment of its launch. */
export function limitedWords(
  [program, ...args]: readonly [string, ...string[]],
  { limits, environment }: Pick<TaskLaunch, 'limits' | 'environment'>,
): readonly [string, ...string[]] {
  if (limits === undefined) return [program, ...args];
  // What env takes for a variable it cannot run.
  const mends = program.includes('=') ? [] : ['env', ...mended(environment)];
  return ['/bin/sh', '-c', text, 'sh', limits, ...mends, program, ...args];
}

/** What a shell sets by itself. */
const shellNames = ['PWD', 'OLDPWD', 'SHLVL', '_'];

/** Words of env(1) that put back what a shell sets by itself, and what it drops: see agent/launch.ts. */
function mended(environment: TaskLaunch['environment']): readonly string[] {
  const unset = shellNames.filter((name) => environment[name] === undefined);
  const lost = Object.entries(environment).filter(
    ([name]) => shellNames.includes(name) || /^BASH_FUNC_[^=]+%%$/.test(name),
  );
  return [...unset.flatMap((name) => ['-u', name]), ...lost.map(([name, value]) => `${name}=${value}`)];
}

import { MgpuError } from '../../base/error.ts';
import type { CommandIo } from '../io.ts';
import type { MgpuDeps } from './run.ts';

/** The commands that go by Slurm's own names too. */
const slurmNames = [
  ...['sacct', 'sacctmgr', 'salloc', 'sattach', 'sbatch', 'sbcast', 'scancel', 'scontrol', 'sdiag', 'sinfo'],
  ...['sprio', 'squeue', 'srun', 'sshare', 'sstat'],
];

/** What a shell is to evaluate when it starts: the generated file, and how it is to be taken up. */
export async function completion(
  ask: { readonly shell: string; readonly slurmNames: boolean },
  io: CommandIo,
  deps: Pick<MgpuDeps, 'completionFile' | 'completer'>,
): Promise<number> {
  const { shell } = ask;
  if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
    throw new MgpuError('USAGE', `completion: ${shell}: expected bash, zsh or fish`);
  }
  const file = await deps.completionFile(shell);
  const names = slurmNames.filter((name) => file.includes(`mgpu_${name}`));
  io.out(takenUp[shell](file, deps.completer, ask.slurmNames ? names : []));
  return 0;
}

type TakenUp = (file: string, completer: string, slurmNames: readonly string[]) => string;

const takenUp: Readonly<Record<'bash' | 'zsh' | 'fish', TakenUp>> = {
  bash(file, completer, names) {
    const more = lines(names, (name) => `complete -F _mgpu_${name}_complete ${name}`);
    return `_mgpu_complete=${quoted(completer)}\n${file}${more}`;
  },
  // Sourced, and not found in fpath: a function has to be made of it, for the commands of its first line.
  zsh(file, completer, names) {
    const [head = '', ...body] = file.split('\n');
    const commands = head.replace('#compdef ', '');
    return `_mgpu_complete=${quoted(completer)}
_mgpu() {
${body.join('\n')}}
compdef _mgpu ${commands}
${lines(names, (name) => `compdef ${name}=mgpu_${name}`)}`;
  },
  fish(file, completer, names) {
    const more = lines(names, (name) => `complete -c ${name} -w mgpu_${name}`);
    return `set -g __mgpu_complete ${quoted(completer)}\n${file}${more}`;
  },
};

function lines(names: readonly string[], line: (name: string) => string): string {
  return names.map((name) => `${line(name)}\n`).join('');
}

/** In single quotes, as all three shells read them; a quote within ends them for a moment. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

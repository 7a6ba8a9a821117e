// What real shells offer while somebody types, asked of a cluster that lives.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root } from './tools/cluster.ts';

let cluster: Cluster;
let id: string;

before(async () => {
  // An id that no line and no prompt has in it by chance.
  cluster = await makeCluster({ settings: { jobs: { first_job_id: 47_114 } } });
  await cluster.daemon({ node: 'gpu01', gpus: 'a100:2' });
  id = (await cluster.output('mgpu_sbatch', '--parsable', '-H', '-J', 'train', '--wrap', 'true')).trim();
});
after(() => cluster.close());

/** Why a test of this shell cannot run here; CI installs all of them. */
function without(shell: string): string | false {
  return spawnSync(shell, ['--version']).error === undefined ? false : `${shell} is not installed`;
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...cluster.environment,
    PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
    MGPU_SPOOL: cluster.spool,
    HOME: cluster.folder,
    TERM: 'dumb',
  };
}

/** What the shell is told at its start, in a file. */
async function started(shell: string): Promise<string> {
  const path = join(cluster.folder, `start.${shell}`);
  writeFileSync(path, await cluster.output('mgpu', 'completion', shell, '--slurm-names'));
  return path;
}

/** Command lines with the cursor at their ends, and what is offered for the last word. */
const questions = (): readonly (readonly [line: string, offered: readonly string[]])[] => [
  ['mgpu_squeue -p ma', ['main']],
  ['mgpu_sbatch -w gp', ['gpu01']],
  ['mgpu_scancel ', [id]],
  ['mgpu_scontrol show job ', [id]],
  ['mgpu_scontrol requeueh', ['requeuehold']],
  ['squeue -t PENDING,RUNN', ['PENDING,RUNNING']],
  ['mgpu_squeue -O JobID,ArrayT', ['JobID,ArrayTaskID']],
  ['mgpu_srun --gpu-ids 0,', ['0,0', '0,1']],
];

test('bash offers what the cluster has', { skip: without('bash') }, async () => {
  const file = await started('bash');
  for (const [line, offered] of questions()) {
    const script = `source '${file}'
      COMP_WORDS=(${line.endsWith(' ') ? `${line}""` : line})
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      name=$(complete -p "\${COMP_WORDS[0]}") && name=\${name#*-F } && "\${name%% *}"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync('bash', ['--norc', '-c', script], { env: environment(), encoding: 'utf8' });
    assert.deepEqual(out.trim().split('\n'), offered, line);
  }
});

test('fish offers what the cluster has', { skip: without('fish') }, async () => {
  const file = await started('fish');
  for (const [line, offered] of questions()) {
    const script = `source '${file}'; complete -C '${line}'`;
    const out = execFileSync('fish', ['--no-config', '-c', script], { env: environment(), encoding: 'utf8' });
    const words = out.split('\n').flatMap((one) => one.split('\t')[0] || []);
    assert.deepEqual(words, offered, line);
  }
});

/** Types the line and a tab into a zsh with a terminal of its own, and prints what it shows. */
const zshTyping = `
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell "PS1= PROMPT_EOL_MARK=; setopt no_beep; unset zle_bracketed_paste; autoload -U compinit"
zpty -w shell "compinit -u -D; source '$1'; print READY-NOW"
look() {
  local part=
  integer left=200
  shown=
  while ((left-- > 0)); do
    if zpty -r -t shell part; then shown+=$part; [[ $shown == *$1* ]] && return 0
    else sleep 0.05; fi
  done
  return 1
}
look $'\\nREADY-NOW'
zpty -w -n shell "$2"$'\\t'
look "$3"
print -r -- "$shown"
zpty -d shell
`;

test('zsh offers what the cluster has', { skip: without('zsh') }, async () => {
  const file = await started('zsh');
  for (const [line, [offered = '']] of questions().filter(([, words]) => words.length === 1)) {
    const out = execFileSync('zsh', ['-f', '-c', zshTyping, 'zsh', file, line, offered], {
      env: environment(),
      encoding: 'utf8',
    });
    assert.ok(out.includes(offered), `${line}: ${JSON.stringify(out)}`);
  }
});

test('bash lists jobs with their names', { skip: without('bash') }, async () => {
  const other = (
    await cluster.output('mgpu_sbatch', '--parsable', '-H', '-J', 'eval', '--wrap', 'true')
  ).trim();
  const script = `source '${await started('bash')}'
    COMP_WORDS=(mgpu_scancel "") COMP_CWORD=1 COMP_TYPE=63
    _mgpu_scancel_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script], { env: environment(), encoding: 'utf8' });
  assert.match(out, new RegExp(`^${id}  \\(train, pending, .*\\)\n${other}  \\(eval, pending, .*\\)\n$`));
  await cluster.output('mgpu_scancel', other);
});

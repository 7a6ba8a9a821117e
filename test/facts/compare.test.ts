import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type Difference, type Outcome } from './compare.ts';
import type { Fact } from './fact.ts';

/** A fact with all parts there are, and what a right cluster that gave other ids makes of it. */
const fact: Fact = {
  id: 'made.up',
  topic: 'errors.sbatch',
  cmd: 'sbatch -p cpu s.sh',
  scripts: { 's.sh': '#!/bin/bash\necho $SLURM_JOB_ID\n' },
  stdout: 'Submitted batch job 497\n',
  stderr: 'sbatch: job 497 at 2026-11-22T20:40:18\n',
  exit: 0,
  files: {
    'slurm-497.out': '497\npid SLURM_TASK_PID=17605\n/srv/ref/var/spool.gpu03/job00497/slurm_script\n',
  },
  post_cmd: 'squeue -h; ls',
  post_stdout:
    '               497       cpu     s.sh    alice  R       0:03      1 cpu01\ns.sh\nslurm-497.out\n',
  post_stderr: 'squeue: 497\n',
  post_exit: 0,
};

const right: Outcome = {
  stdout: 'Submitted batch job 701\n',
  stderr: 'sbatch: job 701 at 2026-11-28T02:06:10\n',
  exit: 0,
  files: {
    's.sh': '#!/bin/bash\necho $SLURM_JOB_ID\n',
    'slurm-701.out': '701\npid SLURM_TASK_PID=308\n/var/tmp/x/slurm_script\n',
  },
  post: {
    stdout:
      '               701       cpu     s.sh    alice  R       0:05      1 cpu01\ns.sh\nslurm-701.out\n',
    stderr: 'squeue: 701\n',
    exit: 0,
  },
  ours: { first: 701, last: 701 },
  ageSeconds: 0,
};

const differences = (changed: Partial<Fact>, outcome: Outcome = right): readonly Difference[] => {
  const whole = { ...fact, ...changed };
  return compare(whole, outcome, whole.cmd);
};
const parts = (changed: Partial<Fact>, outcome?: Outcome): readonly string[] =>
  differences(changed, outcome).map(({ part }) => part);

test('a fact that is met has no differences', () => {
  assert.deepEqual(differences({}), []);
});

test('a fact made wrong fails in the part that is wrong', () => {
  for (const part of ['stdout', 'stderr', 'post_stdout', 'post_stderr'] as const) {
    const text = fact[part] ?? '';
    for (const wrong of [`${text}more\n`, text.slice(0, -1), `x${text}`, text.replace(/ /, '  '), ''])
      if (wrong !== text) assert.deepEqual(parts({ [part]: wrong }), [part], `${part}: ${wrong}`);
  }
  assert.deepEqual(parts({ exit: 1 }), ['exit']);
  assert.deepEqual(parts({ post_exit: 1 }), ['post_exit']);
  const name = 'slurm-497.out';
  const text = fact.files?.[name] ?? '';
  assert.deepEqual(parts({ files: { [name]: `${text}more\n` } }), ['files']);
  assert.deepEqual(parts({ files: { [name]: text.slice(0, -1) } }), ['files']);
  assert.deepEqual(parts({ files: { 'slurm-497.txt': text } }), ['files', 'files']);
  assert.deepEqual(parts({ files: { [name]: text, 'more.txt': '' } }), ['files']);
  assert.deepEqual(parts({ files: {} }), ['files']);
});

test('what a fact does not tell is not compared', () => {
  const { files: _, post_cmd: __, ...rest } = fact;
  assert.deepEqual(compare(rest, right, rest.cmd), []);
});

test('a look and files that are missing are differences', () => {
  const { post: _, files: __, ...rest } = right;
  assert.deepEqual(parts({}, rest), ['files', 'post_stdout', 'post_stderr', 'post_exit']);
});

test('an id that has another partner in another part differs', () => {
  assert.deepEqual(parts({}, { ...right, stderr: 'sbatch: job 700 at 2026-11-28T02:06:10\n' }), ['stderr']);
});

test('a command that was ended by us differs', () => {
  assert.deepEqual(parts({}, { ...right, exit: 'none after 90 s' }), ['exit']);
});

test('tasks of one srun print in any order, and nothing else does', () => {
  const tasks = { stdout: '1: 497 b\n0: 497 a\n', cmd: 'srun -n2 -l x' };
  assert.deepEqual(parts(tasks, { ...right, stdout: '0: 701 a\n1: 701 b\n' }), []);
  assert.deepEqual(parts(tasks, { ...right, stdout: '0: 701 a\n1: 701 c\n' }), ['stdout']);
  assert.deepEqual(parts({ ...tasks, cmd: 'x' }, { ...right, stdout: '0: 701 a\n1: 701 b\n' }), ['stdout']);
});

test('a process id is one where ps lists it', () => {
  const listed = { stdout: '  583 sleep 54323\n', cmd: 'ps -o pid=,args=' };
  assert.deepEqual(parts(listed, { ...right, stdout: '12345 sleep 54323\n' }), []);
  assert.deepEqual(parts({ ...listed, cmd: 'x' }, { ...right, stdout: '12345 sleep 54323\n' }), ['stdout']);
});

test('a column of process ids keeps its width', () => {
  const listed = { stdout: '335  8228    \n', cmd: 'squeue -O jobid:5,allocsid:8' };
  assert.deepEqual(parts(listed, { ...right, stdout: '335  25089   \n' }), []);
  assert.deepEqual(parts(listed, { ...right, stdout: '335  8228   \n' }), ['stdout']);
});

test('differences are shown side by side', () => {
  const [difference] = differences({ stdout: 'a\nSubmitted batch job 497\nb\n' });
  assert.deepEqual(difference?.lines, ['- a', '  Submitted batch job 497', '- b']);
});

test('our own variables stand beside those of Slurm', () => {
  const listed = { stdout: '0: SLURM_GPUS=2\n', stderr: '' };
  const own = { ...right, stderr: '', stdout: '0: MGPU_NODE=gpu03\n0: SLURM_GPUS=2\nMGPU_GPUS=0,1\n' };
  assert.deepEqual(parts(listed, own), []);
  assert.deepEqual(parts(listed, { ...own, stdout: '0: SLURM_GPUS=2\necho MGPU_GPUS=0\n' }), ['stdout']);
});

test('who tells of an end of a step does so by himself', () => {
  const error = 'slurmstepd-gpu03: error: *** STEP 497.0 ON gpu03 CANCELLED ***\n';
  const aborted = 'srun: Job step aborted\n';
  const turned = { ...right, stderr: aborted + error.replace('497', '701') };
  assert.deepEqual(parts({ stderr: error + aborted }, turned), []);
  assert.deepEqual(parts({ stderr: error + aborted }, { ...turned, stderr: aborted }), ['stderr']);
});

test('when the machine was booted is of the day, and that it tells of it is not', () => {
  const stdout = 'BootTime=2026-11-22T19:55:26 SlurmdStartTime=2026-11-22T20:39:00\n';
  const ours = 'BootTime=2026-11-28T01:29:50 SlurmdStartTime=2026-11-28T14:46:58\n';
  const own = { ...right, stderr: '' };
  assert.deepEqual(parts({ stdout, stderr: '' }, { ...own, stdout: ours }), []);
  const none = 'BootTime=None SlurmdStartTime=None\n';
  assert.deepEqual(parts({ stdout, stderr: '' }, { ...own, stdout: none }), ['stdout']);
});

test('how busy the machine was is of the day', () => {
  const theirs = { stdout: 'NodeName=cpu01 CPULoad=5.21 FreeMem=20545\n', stderr: '' };
  assert.deepEqual(
    parts(theirs, { ...right, stderr: '', stdout: 'NodeName=cpu01 CPULoad=11.37 FreeMem=1\n' }),
    [],
  );
  const column = { cmd: 'sinfo -o "%O"', stdout: 'CPU_LOAD\n5.21\n', stderr: '' };
  assert.deepEqual(parts(column, { ...right, stderr: '', stdout: 'CPU_LOAD\n11.37\n' }), []);
  assert.deepEqual(parts(column, { ...right, stderr: '', stdout: 'CPU_LOAD\nN/A\n' }), ['stdout']);
});

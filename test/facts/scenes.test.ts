import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fact, idsShown } from './fact.ts';
import { withCapturedNames } from './perform.ts';
import { inputsOf, sceneOf, sleepSeconds, slowedBy } from './scenes.ts';

const fact = (changed: Partial<Fact>): Fact => ({
  id: 'x',
  topic: 't',
  cmd: 'true',
  stdout: '',
  stderr: '',
  exit: 0,
  ...changed,
});

test('the shared queue is told by its note or its first line', () => {
  assert.ok(sceneOf(fact({ setup: ['(same queue as tab.squeue)'] })).onQueue);
  assert.deepEqual(sceneOf(fact({ setup: ['(same queue as tab.squeue)'] })).before, []);
  assert.ok(sceneOf(fact({ id: 'tab.sacct.missing_env' })).onQueue);
  assert.ok(!sceneOf(fact({ setup: ['sbatch x'] })).onQueue);
});

test('lines of the setup are run, remarks are not', () => {
  const { before } = sceneOf(fact({ setup: ['# a remark', 'sbatch x'] }));
  assert.deepEqual(before, [{ who: 'owner', line: 'sbatch x' }]);
});

test('what a line says in words is made a line', () => {
  const limit = fact({
    id: 'timelimit.sig',
    setup: ['sbatch -p cpu -t 2 --signal=USR1@60 tl.sig.sh'],
    scripts: { 'tl.sig.sh': '#!/bin/bash\n' },
    cmd: 'scontrol show job ID | grep ...; sacct ...',
  });
  const { cmd, before } = sceneOf(limit);
  assert.deepEqual(before, []);
  assert.match(cmd, /^J=\$\(sbatch --parsable -o tl\.sig\.out -p cpu -t 2 --signal=USR1@60 tl\.sig\.sh\); /);
  assert.match(cmd, /; sacct -P -j \$J -o jobid,state,exitcode,elapsed,timelimit$/);
});

test('a fact that saw its job before the scheduler did is told by what it shows', () => {
  assert.ok(sceneOf(fact({ post_stdout: '14|cpu|PENDING|None|UNLIMITED\n' })).isEarly);
  assert.ok(!sceneOf(fact({ post_stdout: '14|cpu|PENDING|Resources|UNLIMITED\n' })).isEarly);
});

test('a line sleeps by itself, not in its jobs', () => {
  assert.equal(sleepSeconds('sbatch --wrap "sleep 60"; sleep 1.5; srun "a \\"sleep 9\\""; sleep 2'), 3.5);
});

test('the inputs are all that was run', () => {
  const whole = fact({ setup: ['one'], cmd: 'two', post_cmd: 'three', scripts: { s: 'four' } });
  assert.equal(inputsOf(whole, sceneOf(whole)), 'one\ntwo\nthree\nfour');
});

test('an id is found where only an id stands', () => {
  for (const [text, ids] of [
    ['Submitted batch job 497\n', [497]],
    ['JobId=497 ArrayJobId=496', [497, 496]],
    ['SLURM_JOB_ID=272\nSLURM_JOBID=272\nSLURM_NNODES=2', [272]],
    ['srun: StepId=492.0 tasks 0-1: running', [492]],
    ['PENDING|Dependency|afterok:567_*(unfulfilled)', [567]],
    ['       497_[3-6%2]       cpu', [497]],
    ['             497_2       cpu', [497]],
    ['352.batch|CANCELLED|0:15', [352]],
    ['14|cpu|PENDING|None', [14]],
    ['               340       cpu      dep', [340]],
    ['slurm_load_jobs error: job 999999', []],
    ['gpu*         up 7-00:00:00      2   idle gpu[01-02]', []],
  ] as const)
    assert.deepEqual([...idsShown([text])].toSorted(), [...ids].toSorted(), text);
});

test('a number in a column counts only near an id that is certain', () => {
  assert.deepEqual([...idsShown(['1|2|gres:gpu:2', 'Job 194 to start'])], [194]);
  assert.deepEqual([...idsShown(['Submitted batch job 11', '12|gpu|PENDING'])], [11, 12]);
});

test('commands of a fact that looked early keep the daemons still and are themselves', () => {
  const early = fact({ cmd: 'J=$(sbatch x); squeue', stdout: 'PENDING|None|N/A' });
  assert.match(slowedBy(sceneOf(early), '/run'), /^sbatch\(\) \{\n {2}kill -STOP \$\(cat \/run\/\*\.pid\)/);
  const ending = fact({ cmd: 'scancel 1; squeue', stdout: 'COMPLETING|CG' });
  assert.match(slowedBy(sceneOf(ending), '/run'), /^scancel\(\) /);
  assert.equal(slowedBy(sceneOf(fact({ cmd: 'scancel 1' })), '/run'), '');
});

test('captured names are put back without moving the columns', () => {
  const names = [
    ['/tmp/x/home', '/home/alice'],
    ['operator', 'alice'],
  ] as const;
  const put = (text: string): string => withCapturedNames(text, names);
  assert.equal(put('cpu s.sh operator R'), 'cpu s.sh alice R');
  assert.equal(put('cpu   operator  R'), 'cpu      alice  R');
  assert.equal(put('|operator  |'), '|alice     |');
  assert.equal(put('WorkDir=/tmp/x/home/w'), 'WorkDir=/home/alice/w');
  assert.equal(put('operators co-operator'), 'operators co-operator');
});

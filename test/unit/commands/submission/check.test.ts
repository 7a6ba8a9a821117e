import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clusterComplaint,
  errorExitCode,
  submissionFault,
  submissionNotices,
} from '../../../../src/commands/submission/check.ts';
import type { SubmitValues } from '../../../../src/tables/options/values.ts';

const alice = { user: 'alice', uid: 2001, group: 'users', gid: 100 };
const root = { user: 'root', uid: 0, group: 'root', gid: 0 };

test('what may not be asked for, in the words of Slurm (observed)', () => {
  const cases: readonly (readonly [SubmitValues, typeof alice, number, string])[] = [
    [{ uid: 'bob' }, alice, 255, 'sbatch: error: --uid only permitted by root user'],
    [{ gid: 'alice' }, alice, 255, 'sbatch: error: --gid only permitted by root user'],
    [
      { uid: 'bob' },
      root,
      1,
      'sbatch: error: --uid=bob is not supported: the jobs of a cluster run as its owner, root',
    ],
    [{ nice: -100 }, alice, 1, 'sbatch: error: Batch job submission failed: Invalid --nice value'],
    [
      { distribution: 'arbitrary' },
      alice,
      1,
      'sbatch: error: With Arbitrary distribution you need to specify ' +
        'a nodelist or hostfile with the -w option',
    ],
  ];
  for (const [values, who, exitCode, line] of cases) {
    assert.deepEqual(submissionFault(values, 'sbatch', who)?.failed, { exitCode, lines: [line] });
  }
  const fine: readonly (readonly [SubmitValues, typeof alice])[] = [
    [{}, alice],
    [{ uid: 'root', gid: '0' }, root],
    [{ nice: -100 }, root],
    [{ distribution: 'arbitrary', nodelist: ['n1'] }, alice],
  ];
  for (const [values, who] of fine) assert.equal(submissionFault(values, 'sbatch', who), undefined);
});

test('what is set aside is said to be (observed)', () => {
  const why = "since it's not allowed by configuration (AllowSpecResourcesUsage = No)";
  assert.deepEqual(submissionNotices({ coreSpec: 0, threadSpec: 1 }, 'sbatch'), [
    `sbatch: error: Ignoring -S ${why}`,
    `sbatch: error: Ignoring --thread-spec ${why}`,
  ]);
  assert.deepEqual(submissionNotices({}, 'sbatch'), []);
  const idle = { hint: 'nomultithread', ntasksPerCore: 1 } as const;
  assert.deepEqual(submissionNotices(idle, 'sbatch'), []);
  assert.match(
    submissionNotices({ ...idle, verbose: 1 }, 'srun')[0] ?? '',
    /^srun: Following .* Ignoring --hint\.$/,
  );
  const bound = { hint: 'nomultithread', verbose: 1 } as const;
  assert.equal(submissionNotices({ ...bound, cpuBind: 'verbose,map_cpu:0' }, 'srun').length, 1);
  assert.deepEqual(submissionNotices({ ...bound, cpuBind: 'verbose' }, 'srun'), []);
});

test('other clusters are complained about, and end the command where none is left (observed)', () => {
  const complaint = (...clusters: readonly string[]) =>
    clusterComplaint({ clusters }, { program: 'sbatch', own: 'lab' });
  assert.deepEqual(complaint('lab'), { lines: [], isNone: false });
  assert.deepEqual(complaint('all'), { lines: [], isNone: false });
  assert.deepEqual(clusterComplaint({}, { program: 'sbatch', own: 'lab' }), { lines: [], isNone: false });
  const unknown = "sbatch: error: No cluster 'nosuch' known by database.";
  assert.deepEqual(complaint('lab', 'nosuch'), { lines: [unknown], isNone: false });
  const invalid =
    "sbatch: error: 'nosuch' can't be reached now, or it is an invalid entry for --cluster.  " +
    "Use 'sacctmgr list clusters' to see available clusters.";
  assert.deepEqual(complaint('nosuch'), { lines: [unknown, invalid], isNone: true });
});

test('SLURM_EXIT_ERROR is the exit code of errors, unless it is no number (observed)', () => {
  const cases: readonly (readonly [string | undefined, number])[] = [
    [undefined, 1],
    ['7', 7],
    ['x', 1],
    ['0', 1],
    ['-1', 255],
  ];
  for (const [text, code] of cases) {
    assert.equal(errorExitCode(text === undefined ? {} : { SLURM_EXIT_ERROR: text }), code, text);
  }
});

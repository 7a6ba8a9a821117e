import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobFiles, shownFile } from '../../../../src/tables/fields/jobfiles.ts';
import { pending, running, share } from '../../builders.ts';

test('files are absolute, and stderr is stdout unless said otherwise', () => {
  const job = (spec: Parameters<typeof pending>[1]) => jobFiles(pending(7, spec));
  assert.deepEqual(job({}), {
    stdin: '/dev/null',
    stdout: '/home/alice/w/slurm-%j.out',
    stderr: '/home/alice/w/slurm-%j.out',
  });
  assert.deepEqual(job({ spec: { output: 'o', error: '/e', input: 'i' } }), {
    stdin: '/home/alice/w/i',
    stdout: '/home/alice/w/o',
    stderr: '/e',
  });
  const array = { tasks: [[1, 2]], throttle: 0 } as const;
  assert.equal(job({ spec: { array } }).stdout, '/home/alice/w/slurm-%A_%a.out');
});

test('patterns as scontrol shows them, which is not how they are filled in', () => {
  const job = pending(613, { spec: { name: 'nam' } });
  const cases: readonly (readonly [string, string])[] = [
    ['o-%j.txt', 'o-613.txt'],
    ['o-%6j.txt', 'o-%6j.txt'],
    ['o-%A.txt', 'o-613.txt'],
    ['o-%a.txt', 'o-4294967294.txt'],
    ['o-%x-%u.txt', 'o-nam-alice.txt'],
    ['o-%N-%n-%t-%Z', 'o-%N-%n-%t-%Z'],
    ['o-%%j.txt', 'o-%613.txt'],
    ['o-\\%j.txt', 'o-\\613.txt'],
    ['o-%', 'o-%'],
  ];
  for (const [pattern, shown] of cases) assert.equal(shownFile(pattern, job), shown);
  const task = running(622, { shares: [share('n1')], array: [621, 9] });
  assert.equal(shownFile('o_%A_%4a_%a_%j', task), 'o_621_%4a_9_622');
  assert.equal(shownFile('%A_%a', job, 3), '613_3');
});

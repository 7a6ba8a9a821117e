import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../../src/commands/complete/run.ts';
import { liveKinds } from '../../../../src/tables/completions/live.ts';
import { fakeIo, gpu, node, pending, running, share, view } from '../../builders.ts';

const shown = view(
  [node('gpu01', { gpus: [gpu(0), gpu(1)] })],
  [
    pending(7, { spec: { name: 'train' } }),
    running(9, { spec: { name: 'arr' }, shares: [share('gpu01')], array: [8, 1] }),
    pending(8, { spec: { name: 'arr', user: 'bob' }, tasks: [[2, 3]] }),
    pending(10, { spec: { name: 'two words\u001b[2J' } }),
  ],
);

async function complete(kind: string) {
  const io = fakeIo({ program: 'mgpu_complete' });
  const exitCode = await run([kind], io, { view: async () => shown });
  return { ...io.printed, exitCode };
}

test('jobs come with their names, an array once', async () => {
  assert.equal(
    (await complete('jobs')).out,
    '7\ttrain, pending, alice\n8\tarr, pending, bob\n10\ttwo words\\x1b[2J, pending, alice\n',
  );
});

test('what a shell would take for several words is not offered', async () => {
  assert.deepEqual((await complete('jobnames')).out.split('\n'), ['train\talice', 'arr\tbob', '']);
});

test('nodes, GPUs, partitions, users', async () => {
  assert.equal((await complete('nodes')).out, 'gpu01\tup, 2 GPUs\n');
  assert.match((await complete('gpus')).out, /^0\t.*\n1\t.*\n$/);
  assert.match((await complete('partitions')).out, /^main\t1 nodes, default\n$/);
  assert.match((await complete('users')).out, /^alice\thas jobs\nbob\thas jobs\n/);
});

test('every kind has an answer, and another kind is told', async () => {
  for (const kind of liveKinds) assert.equal((await complete(kind)).exitCode, 0, kind);
  assert.match((await complete('planets')).err, /^mgpu_complete: error: expected one of jobs, /);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { out, queue, scontrol } from './queue.ts';

test('host lists', async () => {
  assert.equal(await out('show', 'hostnames', 'gpu[01-03,07],cpu1'), 'gpu01\ngpu02\ngpu03\ngpu07\ncpu1\n');
  assert.equal(await out('show', 'hostnames', ''), '');
  assert.equal(await out('show', 'hostlist', 'gpu3,gpu1,gpu2'), 'gpu[3,1-2]\n');
  assert.equal(await out('show', 'hostlistsorted', 'n10,n9,n1'), 'n[1,9-10]\n');
  assert.equal(await out('show', 'hostlists', 'b,a,a'), 'a,a,b\n');
  const environment = { SLURM_NODELIST: 'gpu[01-02]', SLURM_JOB_NODELIST: 'gpu[02-03]' };
  assert.equal((await scontrol(['show', 'hostnames'], queue, { environment })).out, 'gpu01\ngpu02\n');
  const empty = await scontrol(['show', 'hostnames']);
  assert.deepEqual([empty.out, empty.err, empty.exitCode], ['', 'scontrol: error: host list is empty\n', 0]);
  const bad = await scontrol(['show', 'hostnames', 'a[3-1]']);
  assert.deepEqual([bad.err, bad.exitCode], ['Invalid hostlist: a[3-1]\n', 0]);
  const badFold = await scontrol(['show', 'hostlist', 'a[3-1]']);
  assert.deepEqual([badFold.err, badFold.exitCode], ['Invalid hostlist: a[3-1]\n', 1]);
  const none = await scontrol(['show', 'hostlist']);
  assert.deepEqual([none.out, none.err, none.exitCode], ['', 'invalid encode argument\n', 1]);
  assert.equal(
    (await scontrol(['show', 'hostnames', 'a', 'b'])).err,
    'too many arguments for keyword:show\n',
  );
});

test('host lists of a file', async () => {
  assert.equal(await out('show', 'hostlist', '/hosts'), 'gpu[2,1],cpu1,gpu[3-4]\n');
  assert.equal(await out('show', 'hostlistsorted', '/hosts'), 'cpu1,gpu[1-4]\n');
  // Names themselves may have slashes.
  assert.equal(await out('show', 'hostnames', '/hosts'), '/hosts\n');
  const missing = await scontrol(['show', 'hostlist', '/nosuch']);
  assert.deepEqual([missing.err, missing.exitCode], ['Can not open /nosuch\n', 1]);
});

test('what is not done yet is refused by name', async () => {
  const refusal = async (...words: string[]) => {
    const { out: text, err, exitCode } = await scontrol(words);
    assert.deepEqual([text, exitCode], ['', 1]);
    return err;
  };
  assert.match(await refusal('notify', '1', 'x'), /^scontrol: error: notify is not supported/);
  assert.match(
    await refusal('show', 'slurmd'),
    /^scontrol: error: show slurmd is not supported by this release\n$/,
  );
  assert.equal(await refusal('show', 'foo'), 'invalid entity:foo for keyword:show \n');
  assert.equal(await refusal('foo'), 'invalid keyword: foo\n');
  assert.equal(await refusal('show'), 'too few arguments for keyword:show\n');
});

test('help and version', async () => {
  assert.match(await out('--help'), /^Usage: mgpu_scontrol /);
  assert.match(await out('help'), /^Usage: mgpu_scontrol /);
  assert.equal(await out('-V'), 'mgpu_scontrol 0.3.0 (slurm 22.05.8)\n');
  assert.equal(await out('version'), 'mgpu_scontrol 0.3.0 (slurm 22.05.8)\n');
});

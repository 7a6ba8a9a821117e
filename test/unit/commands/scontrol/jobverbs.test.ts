import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { queue, scontrol } from './queue.ts';

/** What is sent by a command line that has to work. */
async function sent(...words: string[]) {
  const { sent: requests, err, exitCode } = await scontrol(words);
  assert.deepEqual([err, exitCode], ['', 0], words.join(' '));
  return requests;
}

/** The complaint of a command line that sends nothing. */
async function refusal(words: readonly string[], uid = 2001): Promise<string> {
  const { err, exitCode, sent: requests } = await scontrol(words, queue, { uid });
  assert.deepEqual([exitCode, requests], [1, []], words.join(' '));
  return err;
}

describe('hold and release', () => {
  test('send one request for all that may be done', async () => {
    assert.deepEqual(await sent('hold', '339,338'), [
      { name: 'hold', targets: [{ job: 339 }, { job: 338 }] },
    ]);
    assert.deepEqual(await sent('release', '337', '339'), [
      { name: 'unhold', targets: [{ job: 337 }, { job: 339 }] },
    ]);
    assert.deepEqual(await sent('uhold', '339'), [{ name: 'hold', targets: [{ job: 339 }] }]);
    assert.deepEqual(await sent('hold', '335'), [{ name: 'hold', targets: [{ job: 335 }] }]);
    assert.deepEqual(await sent('hold', '338_[7-8]'), [
      { name: 'hold', targets: [7, 8].map((task) => ({ job: 338, task })) },
    ]);
    const foreign = await scontrol(['uhold', '360'], queue, { uid: 0 });
    assert.deepEqual(foreign.sent, [{ name: 'hold', targets: [{ job: 360 }], asUser: true }]);
  });

  test('by name: one’s own', async () => {
    assert.deepEqual(await sent('release', 'jobname=held'), [{ name: 'unhold', targets: [{ job: 337 }] }]);
    const all = await scontrol(['hold', 'name=held'], queue, { uid: 0 });
    assert.deepEqual(all.sent, [{ name: 'hold', targets: [{ job: 337 }, { job: 360 }] }]);
    assert.deepEqual(await sent('hold', 'name=nobody'), []);
  });

  test('what may not be done is said, the rest is done', async () => {
    const mixed = await scontrol(['hold', '999,337']);
    assert.deepEqual(mixed.sent, [{ name: 'hold', targets: [{ job: 999 }, { job: 337 }] }]);
    const what = 'Invalid job id specified';
    assert.deepEqual([mixed.err, mixed.exitCode], [`${what} for job 999\nslurm_suspend error: ${what}\n`, 1]);
  });

  test('refusals', async () => {
    const first = async (...words: string[]) => (await refusal(words)).split('\n')[0];
    assert.equal(await first('hold', 'abc'), 'Invalid job id specified for job abc');
    assert.equal(await first('hold', '1,abc'), 'Invalid job id specified for job 1,abc');
    assert.equal(await first('hold', '348'), 'Job has already finished for job 348');
    assert.equal(await first('hold', '360'), 'Invalid user id for job 360');
    assert.equal(await first('release', '361'), 'Access/permission denied for job 361');
    assert.equal(await first('hold', '338_99'), '338_99: Invalid job id specified');
    assert.equal(await refusal(['hold']), 'too few arguments for keyword:hold\n');
    assert.equal(await refusal(['hol', '5']), 'invalid keyword: hol\n');
  });

  test('root may release what root has held', async () => {
    assert.equal((await scontrol(['release', '361'], queue, { uid: 0 })).sent.length, 1);
  });
});

describe('requeue', () => {
  test('what runs and what has ended', async () => {
    const targets = [{ job: 335 }, { job: 348 }];
    assert.deepEqual(await sent('requeue', '335,348'), [{ name: 'requeue', targets, hold: false }]);
    assert.deepEqual(await sent('requeuehold', '335'), [
      { name: 'requeue', targets: [{ job: 335 }], hold: true },
    ]);
  });

  test('refusals, as asked of Slurm', async () => {
    assert.equal(await refusal(['requeue', '999999']), 'Invalid job id specified for job 999999\n');
    assert.equal(await refusal(['requeue', '337']), 'Job is pending execution for job 337\n');
    assert.equal(await refusal(['requeue', '360']), 'Access/permission denied for job 360\n');
    assert.equal(
      await refusal(['requeue', '339']),
      'Only batch jobs are accepted or processed for job 339\n',
    );
    assert.match(
      await refusal(['requeuehold', 'State=SpecialExit', '335']),
      /State=SpecialExit is not supported/,
    );
    const running = [{ job: 338, task: 1 }];
    const requeued = (await sent('requeue', 'incomplete', '338,337'))[0];
    assert.deepEqual(requeued, { name: 'requeue', targets: running, hold: false });
    const array = await scontrol(['requeue', '338']);
    assert.deepEqual(array.err.split('\n').slice(0, 3), [
      '338_3-20: Job is pending execution',
      '338_1: No error',
      '338_2: Job can not be altered now, try again later',
    ]);
    assert.equal(array.sent.length, 1);
  });
});

test('suspend, resume and top are an administrator’s', async () => {
  for (const verb of ['suspend', 'resume', 'top'])
    assert.equal(await refusal([verb, '335']), 'Access/permission denied for job 335\n');
  const asRoot = async (...words: string[]) => (await scontrol(words, queue, { uid: 0 })).sent;
  assert.deepEqual(await asRoot('suspend', '335'), [{ name: 'suspend', targets: [{ job: 335 }] }]);
  assert.deepEqual(await asRoot('top', '339'), [{ name: 'top', targets: [{ job: 339 }] }]);
  const both = [{ job: 339 }, { job: 340 }];
  assert.deepEqual(await asRoot('top', '340,339'), [{ name: 'top', targets: both }]);
  assert.equal(await refusal(['resume', '335'], 0), 'Job is not suspended for job 335\n');
  assert.equal(await refusal(['suspend', '337'], 0), 'Job is pending execution for job 337\n');
  assert.equal(
    await refusal(['top', '337'], 0),
    'Job is in held state, pending scheduler release for job 337\n',
  );
});

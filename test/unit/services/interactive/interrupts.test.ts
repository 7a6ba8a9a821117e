import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Request } from '../../../../src/model/request.ts';
import { createInterrupts } from '../../../../src/services/interactive/interrupts.ts';
import { fakeClock } from '../../../fakes/clock.ts';

function srun(options: { readonly quitsOnInterrupt?: boolean } = {}) {
  const clock = fakeClock();
  const requests: Request[] = [];
  const said: string[] = [];
  const interrupts = createInterrupts({
    clock,
    send: async (request) => void requests.push(request),
    inform: (line) => void said.push(line),
    wake: () => {},
    ...options,
  });
  return { clock, requests, said, interrupts };
}

const cancel: Request = { name: 'cancel', targets: [{ job: 461 }] };
const int: Request = { name: 'signal', targets: [{ job: 461 }], signal: 2, scope: 'steps' };
const running = ['srun: interrupt (one more within 1 sec to abort)', 'srun: StepId=461.0 tasks 0-1: running'];

describe('signals to srun while its tasks run', () => {
  function started() {
    const at = srun();
    at.interrupts.submitted(461);
    at.interrupts.started(2);
    return at;
  }

  it('one SIGINT tells how it stands, and so does one after more than a second (srun.ctrlc1)', async () => {
    const { interrupts, said, requests, clock } = started();
    interrupts.take('INT');
    clock.pass(1.5);
    interrupts.take('INT');
    await interrupts.settled();
    assert.deepEqual(said, [...running, ...running]);
    assert.deepEqual(requests, []);
    assert.equal(interrupts.exitCode(), undefined);
  });

  it('a second goes to the tasks, a third ends them (srun.ctrlc3)', async () => {
    const { interrupts, said, requests, clock } = started();
    for (const _ of [1, 2, 3]) {
      interrupts.take('INT');
      clock.pass(0.3);
    }
    await interrupts.settled();
    assert.deepEqual(said, [
      ...running,
      'srun: sending Ctrl-C to StepId=461.0',
      'srun: forcing job termination',
      'srun: Job step aborted: Waiting up to 32 seconds for job step to finish.',
    ]);
    assert.deepEqual(requests, [int, cancel]);
    assert.equal(interrupts.exitCode(), 130);
  });

  it('tasks that stay after the second are ended', async () => {
    const { interrupts, requests, clock } = started();
    interrupts.take('INT');
    interrupts.take('INT');
    clock.pass(4);
    interrupts.look();
    await interrupts.settled();
    assert.deepEqual(requests, [int]);
    clock.pass(2);
    interrupts.look();
    interrupts.look();
    await interrupts.settled();
    assert.deepEqual(requests, [int, cancel]);
    assert.equal(interrupts.exitCode(), 130);
  });

  it('with --quit-on-interrupt the first goes to the tasks and ends them', async () => {
    const { interrupts, said, requests } = srun({ quitsOnInterrupt: true });
    interrupts.submitted(461);
    interrupts.started(2);
    interrupts.take('INT');
    await interrupts.settled();
    assert.deepEqual(said, [
      'srun: sending Ctrl-C to StepId=461.0',
      'srun: forcing job termination',
      'srun: Job step aborted: Waiting up to 32 seconds for job step to finish.',
    ]);
    assert.deepEqual(requests, [int, cancel]);
    assert.equal(interrupts.exitCode(), 130);
  });

  it('SIGTERM ends them at once', async () => {
    const { interrupts, requests } = started();
    interrupts.take('TERM');
    interrupts.take('TERM');
    await interrupts.settled();
    assert.deepEqual(requests, [cancel]);
    assert.equal(interrupts.exitCode(), 137);
  });

  it('a reader that has gone ends them without a word', async () => {
    const { interrupts, requests, said } = started();
    interrupts.take('PIPE');
    await interrupts.settled();
    assert.deepEqual([requests, said, interrupts.exitCode()], [[cancel], [], 141]);
  });

  it('a terminal that has gone leaves them alone', async () => {
    const { interrupts, requests } = started();
    interrupts.take('HUP');
    await interrupts.settled();
    assert.deepEqual([requests, interrupts.isDetached()], [[], true]);
  });

  it('the users signals are theirs', async () => {
    const { interrupts, requests } = started();
    interrupts.take('USR1');
    interrupts.take('USR2');
    await interrupts.settled();
    assert.deepEqual(requests, [
      { ...int, signal: 10 },
      { ...int, signal: 12 },
    ]);
  });
});

describe('signals to srun while its job waits', () => {
  for (const signal of ['INT', 'TERM', 'QUIT', 'HUP'] as const) {
    it(`SIG${signal} gives the job up (srun.int_pending)`, async () => {
      const { interrupts, requests } = srun();
      interrupts.submitted(461);
      interrupts.take(signal);
      interrupts.take(signal);
      await interrupts.settled();
      assert.deepEqual([requests, interrupts.isRevoked()], [[cancel], true]);
    });
  }

  it('one that came before the job had its number counts as well', async () => {
    const { interrupts, requests } = srun();
    interrupts.take('INT');
    assert.deepEqual(requests, []);
    interrupts.submitted(461);
    await interrupts.settled();
    assert.deepEqual([requests, interrupts.isRevoked()], [[cancel], true]);
  });

  it('SIGUSR1 has nobody to go to', async () => {
    const { interrupts, requests } = srun();
    interrupts.submitted(461);
    interrupts.take('USR1');
    await interrupts.settled();
    assert.deepEqual([requests, interrupts.isRevoked()], [[], false]);
  });
});

describe('a request that cannot be sent', () => {
  it('is an error at the end, and not one out of the blue', async () => {
    const interrupts = createInterrupts({
      clock: fakeClock(),
      send: () => Promise.reject(new Error('disk full')),
      inform: () => {},
      wake: () => {},
    });
    interrupts.submitted(1);
    interrupts.take('INT');
    await assert.rejects(interrupts.settled(), /disk full/);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StepClient, StepRequest } from '../../../../src/model/steprequest.ts';
import type { Files } from '../../../../src/ports/files.ts';
import type { Liveness } from '../../../../src/services/steps/sight.ts';
import { lookForTurn, type Turn } from '../../../../src/services/steps/turn.ts';
import type { Store } from '../../../../src/store/spool.ts';
import { makeStep, takeStepFile, writeStepFile } from '../../../../src/store/steps.ts';
import { running, share, spec } from '../../builders.ts';
import { fakeCluster } from '../../session.ts';

const allocation = [share('gpu01', { cpus: 4, memoryMb: 4000, gpus: [0, 1, 2], tasks: 4 })];
const job = running(12, { spec: spec(), shares: allocation });

/** A srun that wants something: it is alive or not, as the test says. */
interface Maker {
  readonly step: number;
  readonly turn: Turn;
  /** Looks once; true when the step's turn has come and was taken. */
  tryTurn(): Promise<boolean>;
  end(): Promise<void>;
}

interface Want {
  readonly cpus: number;
  readonly gpus: number;
  readonly overlap?: boolean;
}

async function world() {
  const cluster = await fakeCluster();
  const { store } = await cluster.open();
  await store.files.makeDir(store.layout.job(12).path, 0o755);
  const dead = new Set<number>();
  const liveness = (): Liveness => ({
    clock: store.clock,
    isAlive: async ({ pid }) => !dead.has(pid),
    seen: new Map(),
  });
  const room = store.layout.job(12);
  return {
    store,
    clock: cluster.clock,
    dead,
    liveness,
    async ask(want: Want): Promise<Maker> {
      const step = await makeStep(store.files, room, { attempt: 1, first: 0 });
      const request = requestOf(step, want);
      await takeStepFile(store.files, room.step(1, step).request, request, store.ids.next());
      return makerOf(store, { step, request, liveness: liveness() });
    },
  };
}

function requestOf(step: number, { cpus, gpus, overlap }: Want): StepRequest {
  const client: StepClient = { pid: 100 + step, startTicks: 1, bootId: 'boot', space: 'pid:[1]' };
  return {
    mgpu: 'step-request',
    format: 1,
    jobId: 12,
    attempt: 1,
    step,
    name: 'true',
    jobName: 'job',
    user: 'alice',
    uid: 2001,
    time: 1,
    host: 'vm',
    workDir: '/',
    ntasks: 1,
    shares: [{ node: 'gpu01', host: 'vm', tasks: [[0, 0]], cpus, memoryMb: 0, gpus }],
    client,
    ...(overlap === true && { overlap }),
  };
}

function makerOf(
  store: Store,
  { step, request, liveness }: { step: number; request: StepRequest; liveness: Liveness },
): Maker {
  const room = store.layout.job(12).step(1, step);
  const earlier = Array.from({ length: step }, (_, number) => number);
  const turn: Turn = { store, job, step, request, earlier, liveness };
  return {
    step,
    turn,
    async tryTurn() {
      const outcome = await lookForTurn(turn);
      if (!('grant' in outcome)) return false;
      return (await takeStepFile(store.files, room.grant, outcome.grant, store.ids.next())) === 'put';
    },
    async end() {
      const exit = { mgpu: 'step-exit', format: 1, step, tasks: [] } as const;
      await writeStepFile(store.files, room.exit(0), exit, store.ids.next());
    },
  };
}

describe('the turn of a step', () => {
  it('comes when those before it leave room, in their order', async () => {
    const there = await world();
    const [first, second, third] = [
      await there.ask({ cpus: 4, gpus: 3 }),
      await there.ask({ cpus: 2, gpus: 1 }),
      await there.ask({ cpus: 2, gpus: 1 }),
    ];
    assert.deepEqual([first.step, second.step, third.step], [0, 1, 2]);
    assert.equal(await second.tryTurn(), false);
    assert.equal(await first.tryTurn(), true);
    assert.equal(await second.tryTurn(), false);
    await first.end();
    assert.equal(await third.tryTurn(), false);
    assert.equal(await second.tryTurn(), true);
    assert.equal(await third.tryTurn(), true);
  });

  it('does not wait for who is dead, and whoever was taken for dead cannot go on', async () => {
    const there = await world();
    const [first, second, third] = [
      await there.ask({ cpus: 4, gpus: 0 }),
      await there.ask({ cpus: 4, gpus: 0 }),
      await there.ask({ cpus: 4, gpus: 0 }),
    ];
    assert.equal(await first.tryTurn(), true);
    there.dead.add(100).add(101);
    assert.equal(await third.tryTurn(), true);
    assert.equal(await second.tryTurn(), false);
    const started = there.store.layout.job(12).step(1, 0).started(0);
    const start = { mgpu: 'step-start', format: 1, pid: 1, startTicks: 1, bootId: 'b', time: 1 } as const;
    assert.equal(await takeStepFile(there.store.files, started, start, 'late-start'), 'exists');
  });

  it('gives up a number whose maker never asked', async () => {
    const there = await world();
    const room = there.store.layout.job(12);
    assert.equal(await makeStep(there.store.files, room, { attempt: 1, first: 0 }), 0);
    const second = await there.ask({ cpus: 1, gpus: 0 });
    assert.equal(await second.tryTurn(), false);
    there.clock.pass(11);
    assert.equal(await second.tryTurn(), true);
    const late = requestOf(0, { cpus: 4, gpus: 0 });
    assert.equal(await takeStepFile(there.store.files, room.step(1, 0).request, late, 'late-ask'), 'exists');
  });

  it('takes nothing that comes while it looks for what was given up', async () => {
    const start = { mgpu: 'step-start', format: 1, pid: 1, startTicks: 1, bootId: 'b', time: 1 } as const;
    const grant = { mgpu: 'step-grant', format: 1, time: 1, gpus: [[]] } as const;
    for (const [name, content] of [
      ['request', requestOf(0, { cpus: 4, gpus: 0 })],
      ['grant', grant],
      ['started', start],
    ] as const) {
      const there = await world();
      const { files, layout } = there.store;
      const room = layout.job(12).step(1, 0);
      if (name === 'request') await makeStep(files, layout.job(12), { attempt: 1, first: 0 });
      else {
        const first = await there.ask({ cpus: 4, gpus: 0 });
        if (name === 'started') assert.equal(await first.tryTurn(), true);
      }
      const { turn } = await there.ask({ cpus: 4, gpus: 0 });
      const path = name === 'started' ? room.started(0) : room[name];
      const late = async <T>(looked: string, found: T): Promise<T> => {
        if (looked === path) await takeStepFile(files, path, content, 'late');
        return found;
      };
      const looking: Files = {
        ...files,
        stat: async (looked) => late(looked, await files.stat(looked)),
        read: async (looked, max) => late(looked, await files.read(looked, max)),
      };
      assert.ok(
        !('grant' in (await lookForTurn({ ...turn, store: { ...there.store, files: looking } }))),
        name,
      );
    }
  });

  it('comes at once for a step that shares', async () => {
    const there = await world();
    const first = await there.ask({ cpus: 4, gpus: 3 });
    assert.equal(await first.tryTurn(), true);
    assert.equal(await (await there.ask({ cpus: 4, gpus: 3, overlap: true })).tryTurn(), true);
    await first.end();
    assert.equal(await (await there.ask({ cpus: 4, gpus: 3 })).tryTurn(), true);
  });

  it('never gives out more than there is, whoever looks, ends or dies when', async () => {
    const act = fc.record({ who: fc.nat(7), what: fc.constantFrom('try', 'try', 'end', 'die') });
    const want = fc.record({ cpus: fc.integer({ min: 1, max: 4 }), gpus: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(want, { minLength: 1, maxLength: 8 }),
        fc.array(act, { maxLength: 40 }),
        async (wants, acts) => {
          const there = await world();
          const makers: Maker[] = [];
          for (const one of wants) makers.push(await there.ask(one));
          const running = new Map<number, Want>();
          const over = new Set<number>();
          for (const { who, what } of acts) {
            const maker = makers[who % makers.length];
            if (maker === undefined || over.has(maker.step)) continue;
            if (what === 'try' && !running.has(maker.step)) {
              if (await maker.tryTurn()) running.set(maker.step, wants[maker.step] ?? { cpus: 0, gpus: 0 });
            } else if (what === 'end' && running.delete(maker.step)) {
              over.add(maker.step);
              await maker.end();
            } else if (what === 'die' && !running.has(maker.step)) {
              over.add(maker.step);
              there.dead.add(100 + maker.step);
            }
            const sum = (get: (one: Want) => number): number =>
              [...running.values()].reduce((total, one) => total + get(one), 0);
            assert.ok(sum((one) => one.cpus) <= 4 && sum((one) => one.gpus) <= 3);
          }
          // Once nobody dies any more, all that live have their turn.
          for (const maker of makers) {
            if (over.has(maker.step)) continue;
            if (!running.has(maker.step)) assert.equal(await maker.tryTurn(), true, `step ${maker.step}`);
            await maker.end();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

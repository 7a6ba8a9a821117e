import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { type LogsWish, type RemoteTail, showLogs } from '../../../src/services/logs.ts';
import { node, now, share, spec } from '../builders.ts';
import { type FakeCluster, fakeCluster } from '../session.ts';

const output = '/home/alice/w/slurm-1.out';

function submitted(given: Parameters<typeof spec>[0] = {}, id = 1): ClusterEvent {
  return { name: 'jobSubmitted', time: now, id, spec: spec({ workDir: '/home/alice/w', ...given }) };
}

function start(id = 1, attempt = 1): ClusterEvent {
  return { name: 'jobAllocated', time: now, id, attempt, allocation: [share('gpu01')] };
}

function end(id = 1): ClusterEvent {
  const report = { endState: 'COMPLETED', reason: 'None', exitCode: { code: 0, signal: 0 } } as const;
  return { name: 'nodeReleased', time: now + 1, id, attempt: 1, node: 'gpu01', report };
}

type Step = (files: Map<string, string>) => readonly ClusterEvent[];

/** A cluster in which at each wait the next thing happens, and files that its jobs write. */
async function there(...first: readonly ClusterEvent[]) {
  const cluster: FakeCluster = await fakeCluster([node('gpu01')]);
  await cluster.commit(first);
  const files = new Map<string, string>();
  const shown = { out: '', told: [] as string[], tails: [] as (RemoteTail & { node: string })[] };
  const logs = async (given: Partial<LogsWish>, steps: readonly Step[] = [], changedTime = now) => {
    const left = [...steps];
    const wish = { job: '1', isError: false, follows: false, ...given };
    const at = (path: string): Buffer => Buffer.from(files.get(path) ?? '');
    return showLogs(
      await cluster.open(),
      {
        files: {
          stat: async (path) => (files.has(path) ? { sizeBytes: at(path).length, changedTime } : undefined),
          // Pieces shorter than were asked for, as a file system may give them.
          read: async (path, offset, length) => at(path).subarray(offset, offset + Math.min(length, 3)),
        },
        watcher: {
          async wait() {
            const next = left.shift();
            assert.ok(next, 'it still waits at the end');
            const events = next(files);
            if (events.length > 0) await cluster.commit(events);
          },
          wake() {},
          add() {},
          async close() {},
        },
        out: async (bytes) => {
          shown.out += Buffer.from(bytes).toString();
          return true;
        },
        inform: (line) => void shown.told.push(line),
        async tailOn(on, id, tail) {
          assert.equal(id, 1);
          shown.tails.push({ node: on, ...tail });
          for (const step of left) await cluster.commit(step(files));
          return tail.follows ? 143 : 9;
        },
      },
      wish,
    );
  };
  return { files, shown, logs, clock: cluster.clock };
}

const write =
  (text: string, ...events: readonly ClusterEvent[]): Step =>
  (files) => {
    files.set(output, (files.get(output) ?? '') + text);
    return events;
  };

describe('mgpu logs', () => {
  test('what is there, of a job that runs and of one that has ended', async () => {
    const { files, shown, logs } = await there(submitted(), start());
    files.set(output, 'one\ntwo\n');
    assert.equal(await logs({}), 0);
    assert.equal(await logs({ lines: 1 }), 0);
    assert.equal(shown.out, 'one\ntwo\ntwo\n');
  });

  test('follows from before the start to the end, and over a file that is emptied', async () => {
    const { shown, logs } = await there(submitted());
    const steps: readonly Step[] = [
      // It has started, and its file comes a little later.
      () => [start()],
      write('one\n'),
      write('two'),
      (files) => {
        files.set(output, 'a');
        return [];
      },
      write('b', end()),
    ];
    assert.equal(await logs({ follows: true }, steps), 0);
    assert.equal(shown.out, 'one\ntwoab');
    assert.deepEqual(shown.told, ['job 1 has not started: it waits (None)']);
  });

  test('the file of standard error, by its pattern', async () => {
    const { files, shown, logs } = await there(submitted({ error: 'e-%j-%x.%N', name: 'train' }), start());
    files.set('/home/alice/w/e-1-train.gpu01', 'bad\n');
    await logs({ isError: true });
    assert.equal(shown.out, 'bad\n');
  });

  test('a file that is not seen here is read where the job runs', async () => {
    const { shown, logs, clock } = await there(submitted({ output: '/tmp/out' }), start());
    clock.pass(60);
    assert.equal(await logs({ lines: 5 }), 9);
    assert.equal(await logs({ follows: true }, [() => [end()]]), 0);
    assert.deepEqual(shown.tails, [
      { node: 'gpu01', path: '/tmp/out', follows: false, lines: 5 },
      { node: 'gpu01', path: '/tmp/out', follows: true },
    ]);
    await assert.rejects(logs({}), { code: 'NO_OUTPUT', message: /not seen from here.* gpu01/ });
  });

  test('a file of that name that is older than the job is another one', async () => {
    const { files, shown, logs, clock } = await there(submitted(), start());
    clock.pass(60);
    files.set(output, 'of long ago');
    assert.equal(await logs({}, [], now - 3600), 9);
    assert.equal(shown.out, '');
  });

  test('jobs without such a file are told of', async () => {
    const array = submitted({ array: { tasks: [[3, 4]], throttle: 0 } }, 2);
    const interactive = submitted({ kind: 'interactive' }, 4);
    const waiting = submitted({}, 5);
    const { logs } = await there(array, interactive, waiting, submitted({}, 6), {
      name: 'jobCancelled',
      time: now,
      id: 6,
      by: 2001,
    });
    const cases = [
      ['2', /is an array/],
      ['4', /one of srun/],
      ['5', /has not started/],
      ['6', /ended before it began/],
    ] as const;
    for (const [job, message] of cases) await assert.rejects(logs({ job }), { code: 'NO_OUTPUT', message });
    await assert.rejects(logs({ job: '77' }), { code: 'NO_JOB' });
    await assert.rejects(logs({ job: 'x' }), { code: 'USAGE' });
  });

  test('the last lines are those that tail(1) would show', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n'), maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(text, fc.nat(5), async (content, lines) => {
        const { files, shown, logs } = await there(submitted(), start());
        files.set(output, content);
        await logs({ lines });
        const all = content.split(/(?<=\n)/);
        assert.equal(shown.out, lines === 0 ? '' : all.slice(-lines).join(''));
      }),
      { numRuns: 60 },
    );
  });
});

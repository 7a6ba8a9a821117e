import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { runAllocation } from '../../../src/services/allocation.ts';
import { decodeText } from '../../../src/store/put.ts';
import { node, now, share, spec } from '../builders.ts';
import { fakeCluster } from '../session.ts';

/*
 * salloc while nodes are lost. The cluster is in memory and goes on by one commit at each wait; the command
 * ends when there are no more.
 */

const submitted: ClusterEvent = {
  name: 'jobSubmitted',
  time: now,
  id: 1,
  spec: spec({ kind: 'allocation', requeue: false }),
};
const allocated = (attempt: number, name: string): ClusterEvent => ({
  name: 'jobAllocated',
  time: now,
  id: 1,
  attempt,
  allocation: [share(name)],
});
const incarnation = 'incarnation-1';
const lost: readonly ClusterEvent[] = [
  { name: 'nodePresence', time: now, node: 'gpu01', incarnation, presence: 'lost' },
  { name: 'attemptLost', time: now, id: 1, attempt: 1, node: 'gpu01', incarnation },
];

async function sallocWhile(...commits: readonly (readonly ClusterEvent[])[]) {
  const there = await fakeCluster([node('gpu01'), node('gpu02')]);
  await there.commit([{ name: 'formatRaised', time: now, format: 3 }]);
  const session = await there.open();
  const left = [...commits];
  let end: (how: { readonly code: number; readonly signal: number }) => void = () => {};
  let hasEnded = false;
  let isKept = false;
  const ended = new Promise<{ readonly code: number; readonly signal: number }>((resolve) => {
    end = resolve;
  });
  const watcher = {
    async wait(ms: number) {
      there.clock.pass(ms / 1000);
      const next = left.shift();
      if (next !== undefined) await there.commit(next);
      else {
        hasEnded = true;
        end({ code: 0, signal: 0 });
      }
    },
    wake() {},
    add() {},
    async close() {},
  };
  const said: string[] = [];
  await runAllocation(
    { ...session, watcher },
    {
      start: async () => ({ ended, hasEnded: () => hasEnded, signal() {} }),
      startKeeper() {
        isKept = true;
        return {
          stop() {
            isKept = false;
          },
        };
      },
      interrupts: () => () => {},
      hasTerminal: false,
    },
    {
      submission: { spec: spec({ kind: 'allocation', requeue: false }), args: [], environment: {} },
      command: { words: ['bash'], environment: {}, submitDir: '/' },
      immediateSeconds: undefined,
      killSignal: undefined,
      say: ({ what }) => said.push(`${what}${isKept ? '' : ' without a keeper'}`),
    },
  );
  const names = (await there.files.list('/spool/inbox')) ?? [];
  const sent = await Promise.all(
    names.map(async (name) => {
      const content = await there.files.read(`/spool/inbox/${name}`, 100_000);
      return content === undefined ? '' : JSON.parse(decodeText(content.bytes)).request.name;
    }),
  );
  return { said, cancels: sent.filter((name) => name === 'cancel').length };
}

test('an allocation that waits again after its node was lost is given away', async () => {
  const { said, cancels } = await sallocWhile([submitted, allocated(1, 'gpu01')], lost, []);
  assert.deepEqual(said, ['granted', 'revoked without a keeper']);
  assert.equal(cancels, 1);
});

test('so is one that has other nodes by then', async () => {
  const { said, cancels } = await sallocWhile(
    [submitted, allocated(1, 'gpu01')],
    [...lost, allocated(2, 'gpu02')],
    [],
  );
  assert.deepEqual(said, ['granted', 'revoked without a keeper']);
  assert.equal(cancels, 1);
});

test('what somebody else has ended is not cancelled again', async () => {
  const byOther: ClusterEvent = {
    name: 'jobEndRequested',
    time: now,
    id: 1,
    attempt: 1,
    endState: 'CANCELLED',
    reason: 'None',
  };
  const { said, cancels } = await sallocWhile([submitted, allocated(1, 'gpu01')], [byOther], []);
  assert.deepEqual(said, ['granted', 'revoked']);
  assert.equal(cancels, 0);
});

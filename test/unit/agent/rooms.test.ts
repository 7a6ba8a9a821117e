import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serve } from '../../../src/agent/daemon.ts';
import { openPresent } from '../../../src/services/present.ts';
import { submit } from '../../../src/services/submit.ts';
import { encodeText } from '../../../src/store/put.ts';
import { spec } from '../builders.ts';
import { alice, gpus, registered } from '../core/world.ts';
import { journalOf, oneDisk, raisedTo, root } from '../store/onedisk.ts';
import { bootId, fakeAgent, furnishLocal } from './agents.ts';

it('what is claimed for a task of an array outlives a power cut no longer than its room', async () => {
  const disk = await oneDisk();
  const { store } = await disk.open({ uid: alice });
  await (await journalOf(store)).commit(() => [
    ...raisedTo(3),
    { ...registered('node1'), record: { ...registered('node1', { gpus: gpus(4) }).record, bootId } },
  ]);
  await furnishLocal(disk);
  const array = spec({ uid: alice, array: { tasks: [[0, 2]], throttle: 0 } });
  const script = encodeText('#!/bin/sh\n');
  await submit(store, await openPresent(store), { spec: array, args: [], environment: {}, script });
  const { agent } = await fakeAgent(disk);
  let seen: readonly number[] = [];
  // The power goes as soon as the claims are there: before anything else is synced.
  const commit = agent.journal.commit.bind(agent.journal);
  const cut: typeof agent.journal = {
    ...agent.journal,
    async commit(decide) {
      const events = await commit(decide);
      seen = events.flatMap((event) => (event.name === 'jobAllocated' ? [event.id] : []));
      if (seen.length > 0) throw new Error('the power goes');
      return events;
    },
  };
  await assert.rejects(serve({ ...agent, journal: cut }, { isAsked: () => false }), /the power goes/);
  disk.disk.cutPower();
  const files = disk.disk.actor({ uid: alice });
  assert.equal(seen.length, 3);
  for (const id of seen) assert.equal((await files.stat(`${root}/jobs/${id}`))?.kind, 'directory', `${id}`);
});

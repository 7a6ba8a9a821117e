import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckpointFacts, EntryFacts } from '../../../../src/core/survey.ts';
import type { ClusterEvent } from '../../../../src/model/event.ts';
import { registeredNodes } from '../../../../src/store/fsck/registered.ts';
import { cluster, node } from '../../builders.ts';
import { presence, registered } from '../../core/world.ts';

type Log = readonly (readonly ClusterEvent[] | 'bad' | 'missing')[];

function entriesOf(log: Log, first = 1): ReadonlyMap<number, EntryFacts> {
  const entries = new Map<number, EntryFacts>();
  log.forEach((one, index) => {
    if (one === 'missing') return;
    entries.set(first + index, one === 'bad' ? { is: 'bad', why: 'torn' } : { is: 'whole', events: one });
  });
  return entries;
}

/** Each node with whether its daemon has certainly said goodbye, and whether all could be read. */
function told(log: Log, checkpoints: ReadonlyMap<number, CheckpointFacts> = new Map(), first = 1): unknown {
  const { nodes, isWhole } = registeredNodes(checkpoints, entriesOf(log, first));
  return [Object.fromEntries([...nodes].map(([name, { isStopped }]) => [name, isStopped])), isWhole];
}

const [up, gone] = [registered('node1'), presence('node1', 'stopped')];

describe('registered nodes', () => {
  it('a goodbye is believed if all after it can be read', () => {
    assert.deepEqual(told([[up], [gone]]), [{ node1: true }, true]);
    assert.deepEqual(told([[up], [gone], [registered('node2')]]), [{ node1: true, node2: false }, true]);
    for (const hole of ['bad', 'missing'] as const) {
      assert.deepEqual(told([[up], [gone], hole, [registered('node2')]]), [
        { node1: false, node2: false },
        false,
      ]);
      assert.deepEqual(told([hole, [up], [gone]]), [{ node1: true }, false]);
    }
  });

  it('who registers again, or is called lost, has not said goodbye', () => {
    assert.deepEqual(told([[up], [gone], [up]]), [{ node1: false }, true]);
    assert.deepEqual(told([[up], [presence('node1', 'lost')]]), [{ node1: false }, true]);
  });

  it('a goodbye of another life says nothing', () => {
    const late = presence('node1', 'stopped', 'incarnation-0');
    assert.deepEqual(told([[up], [late]]), [{ node1: false }, true]);
  });

  it('a goodbye of a life that began in what cannot be read is one', () => {
    const late = presence('node1', 'stopped', 'incarnation-2');
    assert.deepEqual(told([[up], 'bad', [late]]), [{ node1: true }, false]);
    assert.deepEqual(told([[up], 'bad', [up], [late]]), [{ node1: false }, false]);
  });

  it('begins at the newest checkpoint that can be read', () => {
    const state = cluster([{ ...node('node3'), presence: 'stopped' }], []);
    const checkpoints = new Map<number, CheckpointFacts>([
      [4, { is: 'whole', cluster: { ...state, seq: 4 } }],
      [6, { is: 'bad', why: 'torn' }],
    ]);
    assert.deepEqual(told([[up], [gone]], checkpoints, 5), [{ node1: true, node3: true }, true]);
    assert.deepEqual(told([[up]], checkpoints, 5), [{ node1: false, node3: false }, false]);
  });
});

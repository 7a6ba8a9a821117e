import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reduceCommit } from '../../../src/core/reduce.ts';
import { type CheckpointFacts, type EntryFacts, surveyLog } from '../../../src/core/survey.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { share } from '../builders.ts';
import { allocated, registered, submitted } from './world.ts';

const commits: readonly (readonly ClusterEvent[])[] = [
  [registered('node1')],
  [submitted(1), submitted(2)],
  [allocated(1, [share('node1')])],
  [submitted(3)],
];

function stateAt(seq: number): Cluster {
  const first = commits.slice(0, seq);
  return first.reduce((state, events, index) => reduceCommit(state, index + 1, events), emptyCluster);
}

/** The log of the commits with some entries otherwise, or away. */
function survey(
  otherwise: Readonly<Record<number, EntryFacts | 'gone'>>,
  checkpoints: Readonly<Record<number, CheckpointFacts>> = {},
  keptFrom = 1,
) {
  const entries = new Map<number, EntryFacts>();
  for (const [index, events] of commits.entries()) {
    const entry = otherwise[index + 1] ?? ({ is: 'whole', events } as const);
    if (entry !== 'gone') entries.set(index + 1, entry);
  }
  const pairs = Object.entries(checkpoints).map(([seq, facts]) => [Number(seq), facts] as const);
  const { cluster, problems } = surveyLog({ entries, checkpoints: new Map(pairs), keptFrom });
  const shown = problems.map(({ kind, seq }) => `${kind} ${seq}`);
  return { cluster, problems, shown };
}

const bad = { is: 'bad', why: 'torn' } as const;
const whole = (seq: number): CheckpointFacts => ({ is: 'whole', cluster: stateAt(seq) });

describe('surveyLog', () => {
  it('comes to the newest state', () => {
    assert.deepEqual(survey({}, { 2: whole(2), 3: whole(3) }), {
      cluster: stateAt(4),
      problems: [],
      shown: [],
    });
  });

  it('passes over what a good checkpoint lies beyond, an empty entry without a word', () => {
    const { cluster, shown } = survey({ 1: 'gone', 2: bad, 3: { is: 'blank' } }, { 3: whole(3) });
    assert.deepEqual(shown, ['history 2']);
    assert.deepEqual(cluster, stateAt(4));
  });

  it('does not miss what was pruned, whatever a writer that slept left there', () => {
    const pruned = { 2: 'gone', 3: 'gone' } as const;
    assert.deepEqual(survey(pruned, { 4: whole(4) }, 4).shown, []);
    assert.deepEqual(survey({ 1: 'gone', 3: 'gone' }, { 4: whole(4) }, 4).shown, []);
    assert.deepEqual(survey(pruned, { 4: whole(4) }, 3).shown, ['history 3']);
  });

  it('does not begin at a first entry that a writer that slept may have left', () => {
    const late: EntryFacts = { is: 'whole', events: [registered('node9')] };
    const two = { 3: whole(3), 4: whole(4) };
    assert.deepEqual(survey({ 1: late }, two, 2).shown, []);
    assert.deepEqual(survey({ 1: late }, two, 2).cluster, stateAt(4));
    assert.ok(survey({ 1: late }, two).shown.includes('difference 3'));
    // Better than nothing.
    assert.deepEqual(survey({}, { 3: bad, 4: bad }, 2).cluster, stateAt(4));
  });

  it('stops at what none lies beyond, and names what is behind it', () => {
    const { cluster, problems } = survey({ 2: bad }, { 1: whole(1), 4: bad });
    assert.equal(cluster, undefined);
    const lost = { entries: [2, 3, 4], checkpoints: [4], jobs: [1, 3] };
    assert.deepEqual(problems, [{ kind: 'cut', seq: 2, why: 'torn', ...lost }]);
  });

  it('tells a gap from the end', () => {
    assert.deepEqual(survey({ 4: 'gone' }).shown, []);
    assert.deepEqual(survey({ 3: 'gone' }).shown, ['cut 3']);
    assert.deepEqual(survey({ 3: 'gone', 4: 'gone' }, { 4: whole(4) }).shown, ['history 3', 'history 4']);
  });

  it('makes a bad checkpoint anew where it comes by', () => {
    const { problems } = survey({}, { 2: bad, 3: whole(3) });
    assert.deepEqual(problems, [{ kind: 'checkpoint', seq: 2, why: 'torn', remade: stateAt(2) }]);
    assert.deepEqual(survey({ 1: 'gone' }, { 2: bad, 3: whole(3) }).problems, [
      { kind: 'checkpoint', seq: 2, why: 'torn' },
    ]);
  });

  it('goes by a checkpoint that says something else than the log, and tells of it', () => {
    const other = { ...stateAt(4), seq: 3 };
    const { cluster, problems } = survey(
      { 4: { is: 'whole', events: [] } },
      { 3: { is: 'whole', cluster: other } },
    );
    assert.deepEqual(problems, [
      { kind: 'difference', seq: 3, why: 'replaying the log gives another state: job 3' },
    ]);
    assert.deepEqual(cluster, stateAt(4));
  });

  it('finds the commit that makes the state impossible', () => {
    const events = [allocated(2, [share('node1', { cpus: 99 })])];
    assert.deepEqual(survey({ 4: { is: 'whole', events } }).problems, [
      { kind: 'impossible', seq: 4, why: '100 CPUs of node1 are held, it has 8' },
    ]);
  });

  it('has nothing to begin at where entries were pruned and no checkpoint is good', () => {
    assert.deepEqual(survey({ 1: 'gone' }, { 3: bad }).shown, ['checkpoint 3', 'baseless 2']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stepsEnded, stepsNews, stepsTold } from '../../../src/core/stepskept.ts';
import { limits } from '../../../src/model/limits.ts';
import type { StepRecord, StepsKept } from '../../../src/model/steprecord.ts';

function record(step: number, state: StepRecord['state'] = 'COMPLETED'): StepRecord {
  return {
    step,
    name: 'train',
    startTime: 100,
    state,
    exitCode: { code: 0, signal: 0 },
    ntasks: 1,
    cpus: 1,
    memoryMb: 0,
    nodes: [{ node: 'gpu01', gpus: 0 }],
    ...(state !== 'RUNNING' && { endTime: 110 }),
  };
}

/** What a node sees of steps of which each has ended or is thought to run. */
const seenBy = fc
  .uniqueArray(fc.tuple(fc.nat(12), fc.boolean()), { selector: ([step]) => step })
  .map((steps): StepsKept => {
    const sorted = [...steps].sort(([one], [two]) => one - two);
    return { steps: sorted.map(([step, isOver]) => record(step, isOver ? 'COMPLETED' : 'RUNNING')) };
  });

describe('what is kept of steps', () => {
  it('is what any of the nodes saw, whichever tells first', () => {
    fc.assert(
      fc.property(fc.array(seenBy, { maxLength: 5 }), (nodes) => {
        const tell = (order: readonly StepsKept[]): StepsKept =>
          order.reduce((known: StepsKept, seen) => stepsTold(known, stepsNews(known, seen)), {});
        const known = tell(nodes);
        assert.deepEqual(tell([...nodes].reverse()), known);
        const all = nodes.flatMap(({ steps = [] }) => steps);
        assert.deepEqual(
          (known.steps ?? []).map(({ step }) => step),
          [...new Set(all.map(({ step }) => step))].sort((a, b) => a - b),
        );
        for (const { step, state } of known.steps ?? []) {
          const isOver = all.some((one) => one.step === step && one.state !== 'RUNNING');
          assert.equal(state, isOver ? 'COMPLETED' : 'RUNNING');
        }
      }),
    );
  });

  it('is told once', () => {
    fc.assert(
      fc.property(seenBy, (seen) => {
        const known = stepsTold({}, stepsNews({}, seen));
        assert.deepEqual(stepsNews(known, seen), {});
      }),
    );
  });

  it('is the newest, and says how many are not among them', () => {
    const many = Array.from({ length: limits.stepsKept }, (_, step) => record(step + 5));
    const known = stepsTold({}, { steps: many, stepsLeftOut: 5 });
    const later = record(limits.stepsKept + 5);
    const told = stepsTold(known, { steps: [later], stepsLeftOut: 6 });
    assert.equal(told.steps?.length, limits.stepsKept);
    assert.deepEqual(
      [told.steps?.[0]?.step, told.steps?.at(-1)?.step, told.stepsLeftOut],
      [6, later.step, 6],
    );
    assert.equal(stepsTold(known, { steps: [later] }).stepsLeftOut, 6);
  });

  it('counts as killed where nobody knows how it ended', () => {
    const told = stepsEnded({ steps: [record(0), record(1, 'RUNNING')], usage: { tasks: 1 } }, 120);
    assert.deepEqual(told, {
      steps: [
        record(0),
        { ...record(1, 'RUNNING'), state: 'CANCELLED', exitCode: { code: 0, signal: 9 }, endTime: 120 },
      ],
      usage: { tasks: 1 },
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { layoutStep, roomForStep, type StepPlace } from '../../../src/core/steplayout.ts';
import { rangesCount, rangesNumbers } from '../../../src/model/ranges.ts';
import type { StepWish } from '../../../src/model/stepwish.ts';
import { running, share, spec } from '../builders.ts';

const job = running(12, {
  spec: spec(),
  shares: [
    share('gpu01', { cpus: 3, memoryMb: 3000, gpus: [0, 2], tasks: 3 }),
    share('gpu02', { cpus: 1, memoryMb: 1000, gpus: [1], tasks: 1 }),
  ],
});
const whole: StepWish = { isExact: false, isOvercommitted: false };

function places(wish: Partial<StepWish>): readonly StepPlace[] {
  const layout = layoutStep(job, { ...whole, ...wish });
  assert.ok('places' in layout, JSON.stringify(layout));
  return layout.places;
}

function tasks(wish: Partial<StepWish>): readonly string[] {
  return places(wish).map(({ node, tasks }) => `${node}:${[...rangesNumbers(tasks)].join(',')}`);
}

function refusal(wish: Partial<StepWish>): readonly string[] {
  const layout = layoutStep(job, { ...whole, ...wish });
  return 'refused' in layout ? layout.refused : [];
}

describe('where the tasks of a step go', () => {
  it('by blocks, each node having one before any has two (env.srun_in)', () => {
    assert.deepEqual(tasks({ ntasks: 4 }), ['gpu01:0,1,2', 'gpu02:3']);
    assert.deepEqual(tasks({}), ['gpu01:0', 'gpu02:1']);
    assert.deepEqual(tasks({ ntasks: 1 }), ['gpu01:0']);
  });

  it('by blocks as even as there is room, and packed where that is asked for', () => {
    const shares = [share('gpu01', { cpus: 8, tasks: 4 }), share('gpu02', { cpus: 2, tasks: 1 })];
    const roomy = running(12, { spec: spec(), shares });
    const counts = (distribution?: string, ntasks = 4): readonly number[] => {
      const asked = { ...whole, ntasks, ...(distribution !== undefined && { distribution }) };
      const layout = layoutStep(roomy, asked);
      return 'places' in layout ? layout.places.map(({ tasks }) => rangesCount(tasks)) : [];
    };
    assert.deepEqual(
      [counts(), counts('block'), counts('nopack')],
      [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
    );
    assert.deepEqual(
      [counts('pack'), counts('block:block,Pack')],
      [
        [3, 1],
        [3, 1],
      ],
    );
    assert.deepEqual(counts(undefined, 7), [5, 2]);
  });

  it('in turns (srun.dist), by planes, and on the nodes that are named', () => {
    assert.deepEqual(tasks({ ntasks: 4, distribution: 'cyclic' }), ['gpu01:0,2,3', 'gpu02:1']);
    assert.deepEqual(tasks({ ntasks: 4, distribution: 'plane=2' }), ['gpu01:0,1,3', 'gpu02:2']);
    assert.deepEqual(tasks({ ntasks: 1, nodelist: ['gpu02'] }), ['gpu02:0']);
    assert.deepEqual(tasks({ relative: 1 }), ['gpu02:0']);
    assert.deepEqual(tasks({ exclude: ['gpu01'] }), ['gpu02:0']);
  });

  it('task by task where a list says, in whatever order the job has its nodes', () => {
    const listed = (...taskNodes: readonly string[]) => ({ distribution: 'arbitrary', taskNodes });
    assert.deepEqual(tasks(listed('gpu02', 'gpu01', 'gpu01')), ['gpu01:1,2', 'gpu02:0']);
    assert.deepEqual(tasks(listed('gpu01', 'gpu02', 'gpu01')), ['gpu01:0,2', 'gpu02:1']);
    assert.deepEqual(tasks(listed('gpu02')), ['gpu02:0']);
    const unable = 'Unable to create step for job 12: ';
    assert.deepEqual(refusal(listed('gpu01', 'gpu02', 'gpu02')), [
      `${unable}More processors requested than permitted`,
    ]);
    const lacks = [`${unable}Requested node configuration is not available`];
    assert.deepEqual(refusal(listed('gpu01', 'gpu07')), lacks);
    assert.deepEqual(refusal({ ...listed('gpu01', 'gpu02'), exclude: ['gpu02'] }), lacks);
    assert.deepEqual(refusal({ ...listed('gpu01'), nodeCount: 2 }), lacks);
  });

  it('has as many tasks as --cpus-per-task leaves room for, where it does not say how many', () => {
    assert.deepEqual(tasks({ cpusPerTask: 1 }), ['gpu01:0,1,2', 'gpu02:3']);
    assert.deepEqual(tasks({ cpusPerTask: 1, ntasks: 2 }), ['gpu01:0', 'gpu02:1']);
    assert.deepEqual(tasks({ cpusPerTask: 1, ntasksPerNode: 1 }), ['gpu01:0', 'gpu02:1']);
    assert.deepEqual(tasks({ cpusPerTask: 2, nodeCount: 1 }), ['gpu01:0']);
  });

  it('on nodes that are named, and on others where it is to have more', () => {
    assert.deepEqual(tasks({ nodelist: ['gpu02'], nodeCount: 2 }), ['gpu01:0', 'gpu02:1']);
    assert.deepEqual(tasks({ nodelist: ['gpu02'], nodeCount: 2, ntasks: 1 }), ['gpu02:0']);
    assert.deepEqual(tasks({ nodelist: ['gpu02'] }), ['gpu02:0']);
  });

  it('refuses nodes that --relative leaves too few of', () => {
    const why = '--relative and --nodes option incompatible with count of allocated nodes (1+2>2)';
    assert.deepEqual(refusal({ relative: 1, nodeCount: 2 }), [why]);
  });

  it('takes all of the nodes, or with --exact what it asks for', () => {
    const [all] = places({ ntasks: 1 });
    assert.deepEqual([all?.cpus, all?.memoryMb, all?.gpus], [3, 3000, 2]);
    const [exact] = places({ ntasks: 1, cpusPerTask: 2, isExact: true, gpus: [] });
    assert.deepEqual([exact?.cpus, exact?.memoryMb, exact?.gpus], [2, 2000, 0]);
    const [perTask] = places({ ntasks: 2, nodeCount: 1, gpus: [{ count: 1, per: 'task' }] });
    assert.equal(perTask?.gpus, 2);
    const spread = places({ ntasks: 2, gpus: [{ count: 3, per: 'job' }] });
    assert.deepEqual(
      spread.map(({ gpus }) => gpus),
      [2, 1],
    );
  });

  it('refuses what the allocation cannot hold, in the words of Slurm', () => {
    const unable = 'Unable to create step for job 12: ';
    assert.deepEqual(refusal({ ntasks: 5 }), [`${unable}More processors requested than permitted`]);
    assert.deepEqual(refusal({ nodeCount: 3 }), ['Only allocated 2 nodes asked for 3']);
    assert.deepEqual(refusal({ nodeCount: 1, gpus: [{ count: 3, per: 'node' }] }), [
      "Step requested gres_per_node=gpu:3 is more than the job's gres_per_node=gpu:2",
      `${unable}Invalid generic resource (gres) specification`,
    ]);
    assert.deepEqual(refusal({ nodelist: ['gpu07'] }), [
      `${unable}Requested node configuration is not available`,
    ]);
  });

  it('gives every task one place and no node more than it has', () => {
    const wishes = fc.record({
      ntasks: fc.integer({ min: 1, max: 6 }),
      cpusPerTask: fc.integer({ min: 1, max: 2 }),
      isExact: fc.boolean(),
      distribution: fc.constantFrom('block', 'cyclic', 'plane=2', '*'),
    });
    fc.assert(
      fc.property(wishes, (wish) => {
        const layout = layoutStep(job, { ...whole, ...wish });
        if ('refused' in layout) return;
        const all = layout.places.flatMap((place) => [...rangesNumbers(place.tasks)]).sort();
        assert.deepEqual(
          all,
          Array.from({ length: wish.ntasks }, (_, task) => task),
        );
        for (const place of layout.places) {
          const own = job.allocation.find(({ node }) => node === place.node);
          assert.ok(place.cpus <= (own?.cpus ?? 0));
          assert.ok(rangesCount(place.tasks) * wish.cpusPerTask <= (own?.cpus ?? 0));
        }
      }),
    );
  });
});

describe('the room for a step', () => {
  const want = (given: Partial<StepPlace>): readonly StepPlace[] => [
    { node: 'gpu01', tasks: [[0, 0]], cpus: 1, memoryMb: 0, gpus: 0, ...given },
  ];
  const held = new Map([['gpu01', [{ cpus: 2, memoryMb: 1000, gpus: [0] }]]]);

  it('is what the others leave, with the lowest devices that are free', () => {
    assert.deepEqual(roomForStep(job.allocation, held, want({ gpus: 1 })), [[2]]);
    assert.deepEqual(roomForStep(job.allocation, new Map(), want({ gpus: 1 })), [[0]]);
    assert.equal(roomForStep(job.allocation, held, want({ cpus: 2 })), undefined);
    assert.equal(roomForStep(job.allocation, held, want({ gpus: 2 })), undefined);
    assert.equal(roomForStep(job.allocation, held, want({ memoryMb: 2001 })), undefined);
  });
});

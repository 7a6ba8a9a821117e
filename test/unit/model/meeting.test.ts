import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  meetingPart,
  meetingPort,
  meetingVariables,
  portsMax,
  rankVariables,
} from '../../../src/model/meeting.ts';
import { rangesOf } from '../../../src/model/ranges.ts';

const layout = (...parts: readonly (readonly number[])[]) => parts.map((tasks) => rangesOf(tasks));
const shown = ({ RANK, LOCAL_RANK, NODE_RANK, WORLD_SIZE, LOCAL_WORLD_SIZE }: Record<string, string>) =>
  [RANK, LOCAL_RANK, NODE_RANK, WORLD_SIZE, LOCAL_WORLD_SIZE].join(' ');

describe('where tasks meet', () => {
  test('each task is told of itself, and nodes are ranked by their first tasks', () => {
    const order = { ntasks: 5, gpus: [0, 1], layout: layout([1, 2], [0, 3, 4]) };
    assert.equal(shown(rankVariables({ ...order, nodeIndex: 0 }, 2, 1)), '2 1 1 5 2');
    assert.equal(shown(rankVariables({ ...order, nodeIndex: 1 }, 0, 0)), '0 0 0 5 3');
    assert.equal(meetingPart(order.layout), 1);
    assert.equal(meetingPart(layout([0], [1])), 0);
    assert.equal(shown(rankVariables({ ntasks: 2, gpus: [] }, 1, 1)), '1 1 0 2 2');
  });

  test('a launcher on each node is told what torchrun reads for its options', () => {
    const order = { ntasks: 2, gpus: [4, 5, 6, 7], layout: layout([0], [1]), nodeIndex: 1 };
    const { PET_NODE_RANK, PET_NNODES, PET_NPROC_PER_NODE } = rankVariables(order, 1, 0);
    assert.deepEqual([PET_NODE_RANK, PET_NNODES, PET_NPROC_PER_NODE], ['1', '2', '4']);
    assert.equal(rankVariables({ ...order, gpus: [] }, 1, 0)['PET_NPROC_PER_NODE'], undefined);
    const more = { ntasks: 3, gpus: [0], layout: layout([0, 1], [2]), nodeIndex: 0 };
    assert.equal(rankVariables(more, 0, 0)['PET_NNODES'], undefined);
    assert.deepEqual(meetingVariables({ address: '10.0.0.1', port: 12_345 }), {
      MASTER_ADDR: '10.0.0.1',
      MASTER_PORT: '12345',
      PET_MASTER_ADDR: '10.0.0.1',
      PET_MASTER_PORT: '12345',
    });
  });

  test('each step tries ports of its own first, below those of connections', () => {
    const ports = Array.from({ length: portsMax }, (_, tries) => meetingPort({ jobId: 7, step: 2 }, tries));
    assert.equal(new Set(ports).size, portsMax);
    assert.ok(ports.every((port) => port >= 10_000 && port < 30_000));
    assert.notEqual(meetingPort({ jobId: 7, step: 3 }, 0), ports[0]);
  });
});

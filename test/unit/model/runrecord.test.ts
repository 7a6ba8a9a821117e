import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMgpuError } from '../../../src/base/error.ts';
import { checked } from '../../../src/base/schema.ts';
import { runRecordSchema } from '../../../src/model/runrecord.ts';

const record = {
  jobId: 12,
  attempt: 1,
  node: 'n1',
  hostName: 'host',
  addresses: [],
  pid: 4711,
  startTicks: 0,
  bootId: 'b',
  gpus: [{ index: 0 }, { index: 1, uuid: 'GPU-1' }],
  time: 0,
};

test('a record, also one with fields of a later release', () => {
  assert.deepEqual(checked(runRecordSchema, record, 'x'), record);
  const later = { ...record, cgroup: '/a' };
  assert.deepEqual(checked(runRecordSchema, later, 'x'), later);
});

test('what is no record', () => {
  const { bootId: _, ...incomplete } = record;
  for (const wrong of [incomplete, { ...record, pid: 0 }, { ...record, gpus: [{ uuid: 'x' }] }, [record]]) {
    assert.throws(
      () => checked(runRecordSchema, wrong, 'x'),
      (error) => isMgpuError(error, 'SCHEMA'),
    );
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checked } from '../../../src/base/schema.ts';
import { type ClusterEvent, eventSchema } from '../../../src/model/event.ts';
import { node, share, spec } from '../builders.ts';

const time = 1;
const requestId = '0000000001AAAAAAAAAAAAAAAA';
const exitCode = { code: 0, signal: 0 };

/** One of each; a name that is missing here does not compile. */
const examples: { readonly [N in ClusterEvent['name']]: Extract<ClusterEvent, { readonly name: N }> } = {
  nodeRegistered: { name: 'nodeRegistered', time, record: node('n').record },
  nodePresence: { name: 'nodePresence', time, node: 'n', incarnation: requestId, presence: 'lost' },
  gpuTroubles: { name: 'gpuTroubles', time, node: 'n', troubles: [{ index: 0, kind: 'busy', reason: 'x' }] },
  jobSubmitted: { name: 'jobSubmitted', time, id: 1, spec: spec() },
  jobHeld: { name: 'jobHeld', time, id: 1, by: 'admin' },
  jobUnheld: { name: 'jobUnheld', time, id: 1 },
  jobAllocated: {
    name: 'jobAllocated',
    time,
    id: 2,
    attempt: 1,
    allocation: [share('n')],
    array: { job: 1, task: 0 },
  },
  jobEndRequested: {
    name: 'jobEndRequested',
    time,
    id: 1,
    attempt: 1,
    endState: 'TIMEOUT',
    reason: 'TimeLimit',
  },
  jobSignalled: { name: 'jobSignalled', time, id: 1, attempt: 1, requestId, signal: 10, scope: 'batch' },
  jobSignalsDelivered: { name: 'jobSignalsDelivered', time, id: 1, attempt: 1, requestIds: [requestId] },
  jobCancelled: { name: 'jobCancelled', time, id: 1, by: 0, tasks: [[3, 4]] },
  attemptLost: { name: 'attemptLost', time, id: 1, attempt: 1, node: 'n', incarnation: requestId },
  formatRaised: { name: 'formatRaised', time, format: 2 },
  nodeReleased: {
    name: 'nodeReleased',
    time,
    id: 1,
    attempt: 1,
    node: 'n',
    requeue: true,
    report: { endState: 'COMPLETED', reason: 'None', exitCode },
  },
  requestHandled: { name: 'requestHandled', time, requestId, by: 0, outcome: 'done' },
  requestsForgotten: { name: 'requestsForgotten', requestIds: [requestId] },
  jobsAccounted: { name: 'jobsAccounted', segment: 1, ids: [1, 2] },
  idsClosed: { name: 'idsClosed', time, ids: [3] },
  clusterConfigured: {
    name: 'clusterConfigured',
    time,
    config: { partitions: [{ name: 'gpu' }], nodes: [] },
  },
  partitionUpdated: { name: 'partitionUpdated', time, partition: 'gpu', state: 'drain', by: 0 },
  partitionDeleted: { name: 'partitionDeleted', time, partition: 'gpu', by: 0 },
  nodeUpdated: { name: 'nodeUpdated', time, node: 'n', admin: { isDrained: true }, by: 0 },
  reservationSet: {
    name: 'reservationSet',
    time,
    reservation: { name: 'maint', startTime: 1, endTime: 2, nodes: ['n'] },
    by: 0,
  },
  reservationDeleted: { name: 'reservationDeleted', time, reservation: 'maint', by: 0 },
  jobUpdated: { name: 'jobUpdated', time, id: 1, spec: spec(), by: 0, priority: 1, eligibleTime: 9 },
  jobRequeueRequested: { name: 'jobRequeueRequested', time, id: 1, attempt: 1, by: 0, hold: true },
  jobRequeued: { name: 'jobRequeued', time, id: 1, by: 0, hold: false, eligibleTime: 9 },
  jobSuspended: { name: 'jobSuspended', time, id: 1, attempt: 1, by: 0 },
  jobResumed: { name: 'jobResumed', time, id: 1, attempt: 1, by: 0 },
};

describe('event', () => {
  it('passes with each of the names', () => {
    for (const event of Object.values(examples)) assert.equal(checked(eventSchema, event, 'log'), event);
  });

  it('keeps fields that nobody knows, and refuses names that nobody knows', () => {
    const newer = { ...examples.jobHeld, why: { deep: [1, 2] } };
    assert.equal(checked(eventSchema, newer, 'log'), newer);
    assert.throws(() => checked(eventSchema, { ...examples.jobHeld, name: 'jobFrozen' }, 'log'), {
      code: 'SCHEMA',
      message: /^log: name: expected one of nodeRegistered, /,
    });
  });

  it('needs each of its fields', () => {
    const optional = new Set(['array', 'by', 'tasks', 'report', 'requeue', 'priority']);
    for (const event of Object.values(examples)) {
      for (const key of Object.keys(event)) {
        const rest = Object.fromEntries(Object.entries(event).filter(([other]) => other !== key));
        const isOptional =
          (optional.has(key) && !(key === 'by' && event.name !== 'jobEndRequested')) ||
          (key === 'eligibleTime' && event.name === 'jobUpdated') ||
          (key === 'state' && event.name === 'partitionUpdated');
        if (isOptional) checked(eventSchema, rest, 'log');
        else
          assert.throws(() => checked(eventSchema, rest, 'log'), { code: 'SCHEMA' }, `${event.name}.${key}`);
      }
    }
  });
});

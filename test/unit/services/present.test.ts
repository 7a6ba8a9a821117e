import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/core/decide.ts';
import { emptyConfig } from '../../../src/model/config.ts';
import { openPresent } from '../../../src/services/present.ts';
import { readInbox, sendRequest, takeOut } from '../../../src/store/inbox.ts';
import { encodeText } from '../../../src/store/put.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { spec } from '../builders.ts';
import { formatRaised } from '../core/facts.ts';
import { alice, bob, gpus, registered, submitted } from '../core/world.ts';
import { journalOf, oneDisk, root } from '../store/onedisk.ts';

const submit = (jobId: number) => ({ name: 'submit', jobId, spec: spec({ uid: alice }) }) as const;
const cancel = (job: number) => ({ name: 'cancel', targets: [{ job }] }) as const;

describe('present', () => {
  it('shows a job the moment after it was submitted, with no daemon alive', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    const present = await openPresent(store);
    assert.equal((await present.view()).cluster.jobs.size, 0);
    await sendRequest(store, submit(1), 'login');
    const { cluster, reasons, now, utcOffsetMinutes } = await present.view();
    assert.equal(cluster.jobs.get(1)?.state, 'PENDING');
    assert.deepEqual([reasons.get(1), now, utcOffsetMinutes], ['Resources', store.clock.now(), 0]);
    assert.equal(present.journal.cluster().jobs.size, 0, 'but it is not in the log');
    await sendRequest(store, cancel(1), 'login');
    assert.equal((await present.view()).cluster.jobs.get(1)?.state, 'ENDED');
  });

  it('gives no reason for what would start now', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    await (await journalOf(store)).commit(() => [registered('node1', { gpus: gpus(1) }), submitted(1)]);
    await sendRequest(store, submit(2), 'login');
    const { reasons } = await (await openPresent(store)).view();
    assert.deepEqual([reasons.get(1), reasons.get(2)], [undefined, undefined]);
  });

  it('says of a limit that no partition gives at first what the submission found', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    const config = { ...emptyConfig, partitions: [{ name: 'main', isDefault: true, maxTime: 10 }] };
    const settings = { name: 'clusterConfigured', time: 1, config } as const;
    const journal = await journalOf(store);
    await journal.commit(() => [formatRaised]);
    await journal.commit(() => [registered('node1'), settings]);
    const long = { ...submit(1), spec: spec({ uid: alice, timeLimit: 2 ** 32 - 7199 }) };
    await sendRequest(store, long, 'login');
    const present = await openPresent(store);
    assert.equal((await present.view()).reasons.get(1), 'PartitionConfig');
    await journal.commit(() => [{ ...submitted(1, long.spec), time: store.clock.now() - 3 }]);
    assert.equal((await present.view()).reasons.get(1), 'PartitionTimeLimit');
  });

  it('gives an array that waits for its time no reason at first', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    const journal = await journalOf(store);
    await journal.commit(() => [formatRaised]);
    await journal.commit(() => [registered('node1')]);
    const beginTime = store.clock.now() + 3600;
    const later = { uid: alice, beginTime };
    const array = { ...later, array: { tasks: [[1, 3]], throttle: 0 } } as const;
    await sendRequest(store, { ...submit(1), spec: spec(array) }, 'login');
    await sendRequest(store, { ...submit(2), spec: spec(later) }, 'login');
    await journal.commit(() => [{ ...submitted(3, array), time: store.clock.now() - 3 }]);
    const { reasons } = await (await openPresent(store)).view();
    assert.deepEqual(
      [1, 2, 3].map((id) => reasons.get(id)),
      ['None', 'BeginTime', 'BeginTime'],
    );
  });

  it('does what others ask of other people’s jobs as little as the daemon would', async () => {
    const disk = await oneDisk();
    await sendRequest((await disk.open({ uid: alice })).store, submit(1), 'login');
    await sendRequest((await disk.open({ uid: bob })).store, cancel(1), 'login');
    const { cluster } = await (await openPresent((await disk.open()).store)).view();
    assert.equal(cluster.jobs.get(1)?.state, 'PENDING');
  });

  it('passes over what is no request', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open({ uid: alice });
    await sendRequest(store, submit(1), 'login');
    await actor.makeDir(`${store.layout.inbox}/x.json`, 0o755);
    assert.equal((await (await openPresent(store)).view()).cluster.jobs.size, 1);
  });

  it('shows a request once, before, while and after a daemon takes it in', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    const present = await openPresent(store);
    await sendRequest(store, submit(1), 'login');
    await sendRequest(store, cancel(1), 'login');
    const states: unknown[] = [];
    const look = async (): Promise<void> => {
      const { cluster } = await present.view();
      states.push([...cluster.jobs.values()].map((job) => job.state));
    };
    await look();
    const { requests } = await readInbox(store, 'all');
    await (await journalOf(store)).commit((cluster) => decide(cluster, requests, 1));
    await look();
    for (const request of requests) {
      await takeOut(store, request);
      await look();
    }
    assert.deepEqual(states, [['ENDED'], ['ENDED'], ['ENDED'], ['ENDED']]);
  });
});

it('where no daemon was there yet, the settings are those of the file', async () => {
  const { store, actor } = await (await oneDisk()).open();
  const settings = encodeText('{"jobs": {"first_job_id": 50}, "partitions": [{"name": "p"}]}');
  await actor.create(`${root}/cluster.yaml`, settings, { mode: 0o644, sync: true });
  const present = await openPresent(store, parseJson);
  assert.deepEqual((await present.view()).cluster.config?.partitions, [{ name: 'p' }]);
  assert.equal((await present.settled()).config?.firstJobId, 50);
  assert.equal((await (await openPresent(store)).view()).cluster.config, undefined);
});

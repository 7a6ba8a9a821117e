import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasRequests, readRequests } from '../../../src/agent/intake.ts';
import { type Memory, newMemory } from '../../../src/agent/memory.ts';
import { sendRequest } from '../../../src/store/inbox.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { spec } from '../builders.ts';
import { oneDisk } from '../store/onedisk.ts';

interface Intake {
  readonly store: Store;
  readonly memory: Memory;
  readonly logged: readonly string[];
  has(): Promise<boolean>;
  /** The names of the requests that are read. */
  read(): Promise<readonly string[]>;
  pass(seconds: number): void;
}

async function intake(): Promise<Intake> {
  const clock = fakeClock();
  const store = { ...(await (await oneDisk()).open()).store, clock };
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const logger = { error: note, warn: note, info: note, debug: note };
  const agent = { store, logger };
  const memory = newMemory(2);
  return {
    store,
    memory,
    logged,
    has: () => hasRequests(agent, memory),
    read: async () => (await readRequests(agent, memory)).map(({ request }) => request.name),
    pass: clock.pass,
  };
}

const plain = { mode: 0o644, sync: false };

describe('intake', () => {
  it('reads what lies in the inbox', async () => {
    const { store, has, read } = await intake();
    assert.deepEqual([await has(), await read()], [false, []]);
    await sendRequest(store, { name: 'submit', jobId: 1, spec: spec() }, 'login');
    await sendRequest(store, { name: 'cancel', targets: [{ job: 1 }] }, 'login');
    assert.deepEqual([await has(), await read()], [true, ['submit', 'cancel']]);
  });

  it('sets aside what is no request', async () => {
    const { store, has, read, logged } = await intake();
    await store.files.create(`${store.layout.inbox}/JUNK`, encodeText('x'), plain);
    assert.deepEqual([await has(), await read(), await has()], [true, [], false]);
    assert.match(logged.join(), /^set aside: \/spool\/inbox\/JUNK/);
  });

  it('what cannot be moved is looked at now and then, and hides no request', async () => {
    const { store, has, read, logged, pass } = await intake();
    await store.files.removeTree(store.layout.rejected);
    await store.files.create(`${store.layout.inbox}/JUNK`, encodeText('x'), plain);
    assert.deepEqual([await has(), await read(), await has()], [true, [], false]);
    assert.match(logged.join(), /^passed over: \/spool\/inbox\/JUNK/);
    await sendRequest(store, { name: 'cancel', targets: [{ job: 1 }] }, 'login');
    assert.deepEqual([await has(), await read()], [true, ['cancel']]);
    for (const name of (await store.files.list(store.layout.inbox)) ?? [])
      if (name !== 'JUNK') await store.files.unlink(`${store.layout.inbox}/${name}`);
    assert.equal(await has(), false);
    pass(10);
    assert.equal(await has(), true);
  });

  it('of more than is read at a time, submissions come first', async () => {
    const { store, read } = await intake();
    const files = { ...store, spool: { ...store.spool, durable: false } };
    for (let job = 1; job <= 2000; job += 1)
      await sendRequest(
        files,
        { name: 'cancel', targets: [{ job }] },
        'login',
        `A-${String(job).padStart(6, '0')}`,
      );
    await sendRequest(files, { name: 'submit', jobId: 1, spec: spec() }, 'login', 'A-000001-SUBMIT');
    assert.deepEqual(await read(), ['submit']);
  });
});

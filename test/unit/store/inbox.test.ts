import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../../src/model/limits.ts';
import type { Request } from '../../../src/model/request.ts';
import {
  goneRequests,
  readInbox,
  sendRequest,
  setAside,
  stillThere,
  takeOut,
} from '../../../src/store/inbox.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import type { Actor, Fault } from '../../fakes/memory-disk.ts';
import { randomOf } from '../../fakes/random.ts';
import { spec } from '../builders.ts';
import { alice } from '../core/world.ts';
import { atEveryMutation, diskOf, type OneDisk, oneDisk, outcomeOf, root } from './onedisk.ts';

const cancel: Request = { name: 'cancel', targets: [{ job: 1 }] };
const submit: Request = { name: 'submit', jobId: 7, spec: spec() };
const inbox = `${root}/inbox`;

async function requestsIn(disk: OneDisk): Promise<readonly string[]> {
  const { requests, unfit } = await readInbox((await disk.open()).store, 'all');
  assert.deepEqual(unfit, []);
  return requests.map((one) => one.requestId);
}

describe('inbox: bad input', () => {
  it('a request of a newer format is refused for that reason, not for what it may hold', async () => {
    const { store, actor } = await (await oneDisk()).open();
    const file = { mgpu: 'request', format: 99, requestId: 'FROM-TOMORROW', time: 1, host: 'h', request: {} };
    const path = `${inbox}/FROM-TOMORROW.json`;
    await actor.create(path, encodeText(JSON.stringify(file)), { mode: 0o644, sync: true });
    const { requests, unfit } = await readInbox(store, 'all');
    assert.deepEqual(requests, []);
    assert.deepEqual(unfit, [
      {
        name: 'FROM-TOMORROW.json',
        why: `${path}: its format 99 is newer than this program knows (3)`,
      },
    ]);
  });

  it('brackets by the million are not parsed', async () => {
    const { store, actor } = await (await oneDisk()).open();
    const texts = ['['.repeat(4_000_000), `[${'{},'.repeat(1_300_000)}{}]`, '{"a":'.repeat(800_000)];
    for (const [index, text] of texts.entries()) {
      const path = `${inbox}/JUNK-000${index}.json`;
      await actor.create(path, encodeText(text), { mode: 0o644, sync: true });
    }
    const { unfit } = await readInbox(store, 'all');
    assert.deepEqual(
      unfit.map(({ why }) => why.replace(/^.*: /, '')),
      ['it is nested too deeply', 'it has more than 2000000 values', 'it is nested too deeply'],
    );
  });

  it('what no daemon would take in is not sent', async () => {
    const { store, actor } = await (await oneDisk()).open();
    const long: Request = { name: 'submit', jobId: 7, spec: spec({ name: 'x'.repeat(5000) }) };
    await assert.rejects(sendRequest(store, long, 'login'), { code: 'SCHEMA' });
    assert.deepEqual(await actor.list(inbox), []);
  });

  it('what cannot be set aside stays, and who asks is told why', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await actor.create(`${inbox}/JUNK`, encodeText('x'), { mode: 0o644, sync: true });
    await actor.removeTree(`${root}/rejected`);
    assert.match((await setAside(store, 'JUNK')) ?? '', /rejected/);
    assert.deepEqual(await actor.list(inbox), ['JUNK']);
    assert.equal(await setAside(store, 'gone meanwhile'), undefined);
  });
});

describe('inbox: requests', () => {
  it('come with who sent them, oldest first', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    const first = await sendRequest(store, cancel, 'login');
    const second = await sendRequest(store, submit, 'login');
    const { requests, unfit } = await readInbox((await disk.open({ uid: 5 })).store, 'all');
    assert.deepEqual(unfit, []);
    const time = store.clock.now();
    // Alice made the spool, and so is its owner.
    assert.deepEqual(requests, [
      { requestId: first, uid: alice, time, request: cancel, isOwner: true },
      { requestId: second, uid: alice, time, request: submit, isOwner: true },
    ]);
    assert.deepEqual(await disk.disk.actor().list(inbox), [`${first}.json`, `${second}.json`]);
    const other = await disk.open({ uid: 2002 });
    const third = await sendRequest(other.store, cancel, 'login');
    const all = await readInbox(store, 'all');
    assert.equal(all.requests.find(({ requestId }) => requestId === third)?.isOwner, undefined);
  });

  it('may have an identity that their sender drew', async () => {
    const { store } = await (await oneDisk()).open();
    assert.equal(await sendRequest(store, cancel, 'login', 'MY-OWN-IDENTITY'), 'MY-OWN-IDENTITY');
    assert.equal((await readInbox(store, 'all')).requests[0]?.requestId, 'MY-OWN-IDENTITY');
  });

  it('too large a request is not sent', async () => {
    const { store, actor } = await (await oneDisk()).open();
    const targets = Array.from({ length: 300_000 }, () => ({ job: 60_000_000 }));
    await assert.rejects(sendRequest(store, { name: 'cancel', targets }, 'login'), { code: 'TOO_LARGE' });
    assert.deepEqual(await actor.list(inbox), []);
  });

  it('are read only so many at a time, the oldest', async () => {
    const { store, actor } = await (await oneDisk()).open();
    const id = await sendRequest(store, cancel, 'login');
    const one = await actor.read(`${inbox}/${id}.json`, 1000);
    const ids = Array.from({ length: 2010 }, (_, index) => `REQUEST-${index + 10_000}`);
    const read: Actor['read'] = async (path) => {
      const text = new TextDecoder().decode(one?.bytes).replace(id, /REQUEST-\d+/.exec(path)?.[0] ?? '');
      return one && { ...one, bytes: encodeText(text) };
    };
    const files = { ...actor, list: async () => ids.map((name) => `${name}.json`), read };
    const first = await readInbox({ ...store, files }, 'commit');
    assert.deepEqual(
      first.requests.map((request) => request.requestId),
      ids.slice(0, 2000),
    );
    assert.equal(first.isPartial, true);
    const all = await readInbox({ ...store, files }, 'all');
    assert.equal(all.requests.length, ids.length, 'a query sees all of them');
    assert.equal(all.isPartial, false);
  });

  it('are read only so many bytes at a time: a commit has to hold them', async () => {
    const { store } = await (await oneDisk()).open();
    const text = 'x'.repeat(65_000);
    const specs = { ...spec(), command: text, comment: text };
    const large = { ...submit, spec: { ...specs, more: Array.from({ length: 30 }, () => text) } };
    for (let count = 0; count < 6; count += 1) await sendRequest(store, large, 'login');
    const { requests } = await readInbox(store, 'commit');
    assert.ok(requests.length > 1 && requests.length < 6, `${requests.length}`);
    assert.ok(JSON.stringify(requests).length < limits.commitBytes / 4);
  });
});

describe('inbox: taking out', () => {
  it('a submission goes to its room, other requests go away', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    await actor.makeDir(`${root}/jobs/7`, 0o755);
    await sendRequest(store, cancel, 'login');
    await sendRequest(store, submit, 'login');
    const { requests } = await readInbox(store, 'all');
    for (const request of requests) await takeOut(store, request);
    for (const request of requests) await takeOut(store, request);
    assert.deepEqual(await actor.list(inbox), []);
    assert.deepEqual(await actor.list(`${root}/jobs/7`), ['request.json']);
    assert.deepEqual(await stillThere(store, requests), []);
  });

  it('a submission without a room goes away', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await sendRequest(store, submit, 'login');
    for (const request of (await readInbox(store, 'all')).requests) await takeOut(store, request);
    assert.deepEqual(await actor.list(inbox), []);
  });
});

const good = {
  mgpu: 'request',
  format: 1,
  requestId: 'REQUEST-1',
  time: 1,
  host: 'login',
  request: { name: 'submit', jobId: 9, spec: spec() },
};
const file = (name: string, content: string | Uint8Array) => async (actor: Actor) => {
  const bytes = typeof content === 'string' ? encodeText(content) : content;
  await actor.create(`${inbox}/${name}`, bytes, { mode: 0o644, sync: true });
};
const changed = (change: object) => file('REQUEST-1.json', JSON.stringify({ ...good, ...change }));
const withSpec = (change: object) =>
  changed({ request: { ...good.request, spec: { ...spec(), ...change } } });

/** A file whose word HERE is replaced by lists in lists. */
function nested(json: string, depth: number) {
  return file('REQUEST-1.json', json.replace('"HERE"', '['.repeat(depth) + ']'.repeat(depth)));
}

const hostile: readonly (readonly [string, (actor: Actor) => Promise<void>, RegExp])[] = [
  ['a directory', async (actor) => void (await actor.makeDir(`${inbox}/x.json`, 0o755)), /regular/],
  ['a link', async (actor) => actor.makeOther(`${inbox}/x.json`), /regular/],
  [
    'a file with two names',
    async (actor) => {
      await changed({})(actor);
      await actor.link(`${inbox}/REQUEST-1.json`, `${root}/other`);
    },
    /2 names/,
  ],
  ['a huge file', file('REQUEST-1.json', new Uint8Array(limits.requestBytes + 1)), /bytes/],
  ['an empty file', file('REQUEST-1.json', ''), /no JSON/],
  ['half a file', file('REQUEST-1.json', JSON.stringify(good).slice(0, 50)), /no JSON/],
  ['no JSON', file('REQUEST-1.json', 'rm -rf /'), /no JSON/],
  ['NUL bytes', file('REQUEST-1.json', JSON.stringify(good).replace('login', 'log\0in')), /no JSON/],
  ['NUL in a text', changed({ host: 'log\0in' }), /host: expected/],
  ['NUL in a path', withSpec({ output: '/tmp/a\0b' }), /output: expected/],
  [
    'text that is no UTF-8',
    file('REQUEST-1.json', encodeText(JSON.stringify(good)).with(60, 0xff)),
    /no JSON/,
  ],
  ['a number', file('REQUEST-1.json', '7'), /expected an object/],
  ['an unknown request', changed({ request: { name: 'shutdown' } }), /expected one of/],
  ['another format', changed({ mgpu: 'commit' }), /mgpu: expected/],
  ['deep JSON', nested(JSON.stringify({ ...good, more: 'HERE' }), 100_000), /nested/],
  ['deep JSON in what is kept', nested(JSON.stringify(good).replace('"wrap"', '"HERE"'), 40), /nested/],
  ['another’s identity', changed({ requestId: 'REQUEST-2' }), /it says that it is REQUEST-2/],
  ['an identity that is a path', changed({ requestId: '../../x' }), /requestId/],
  ['a name that is none of ours', file('notes.txt', 'hello'), /no JSON/],
  ['a job number that no job can have', changed({ request: { ...good.request, jobId: 0 } }), /jobId/],
  ['tasks out of order', withSpec({ array: { tasks: [[3, 1]], throttle: 0 } }), /tasks/],
];

describe('inbox: what is no request', () => {
  it('the example, untouched, is one', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await changed({})(actor);
    assert.equal((await readInbox(store, 'all')).requests.length, 1);
  });

  for (const [what, make, why] of hostile) {
    it(`${what} is set aside, and others go on`, async () => {
      const disk = await oneDisk();
      const { store, actor } = await disk.open();
      const before = await sendRequest(store, cancel, 'login');
      await make(actor);
      const { requests, unfit } = await readInbox(store, 'all');
      assert.deepEqual(
        requests.map((one) => one.requestId),
        [before],
      );
      assert.equal(unfit.length, 1);
      assert.match(unfit[0]?.why ?? '', why);
      assert.ok(unfit[0]?.why.startsWith(`${inbox}/${unfit[0].name}: `), unfit[0]?.why);
      for (const { name } of unfit) await setAside(store, name);
      for (const { name } of unfit) await setAside(store, name);
      assert.deepEqual(await requestsIn(disk), [before]);
      assert.equal((await actor.list(`${root}/rejected`))?.length, 1);
    });
  }

  it('names that cannot be reached or are hidden are passed over', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await file('.tmp.REQUEST-1', 'half')(actor);
    const gone: Store = {
      ...store,
      files: { ...actor, list: async () => ['.tmp.REQUEST-1', '\ufffd.json'] },
    };
    assert.deepEqual(await readInbox(gone, 'all'), { requests: [], unfit: [], isPartial: false });
  });

  it('a long name is cut, so that it fits with what is put before it', async () => {
    for (const letter of ['x', '漢', '😀']) {
      const { store, actor } = await (await oneDisk()).open();
      const name = letter.repeat(Math.floor(255 / encodeText(letter).length));
      await file(name, 'no request')(actor);
      await setAside(store, name);
      const [kept = ''] = (await actor.list(`${root}/rejected`)) ?? [];
      assert.ok(encodeText(kept).length <= 255, kept);
      assert.ok(kept.includes(letter));
    }
  });

  it('an error of the file server is none of the file’s faults', async () => {
    const { store } = await (await oneDisk()).open();
    await sendRequest(store, cancel, 'login');
    const broken = async (): Promise<never> => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    await assert.rejects(readInbox({ ...store, files: { ...store.files, read: broken } }, 'all'), {
      code: 'EIO',
    });
  });

  it('a missing inbox is no empty one', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await actor.removeTree(inbox);
    await assert.rejects(readInbox(store, 'all'), { message: /inbox: the folder is missing/ });
  });
});

describe('inbox: faults', () => {
  it('a request is there whole or not at all; one that was sent survives a power cut', async () => {
    const { disk } = await oneDisk();
    const whats: readonly Fault['what'][] = ['crash', 'EIO', 'ENOSPC'];
    for (const seed of [0, 1, 2]) {
      await atEveryMutation(whats, async (fault) => {
        const one = diskOf(disk.copy());
        const { store, actor } = await one.open({ fault });
        const outcome = await outcomeOf(sendRequest(store, submit, 'login'));
        const found = await requestsIn(one);
        if (outcome.is === 'done') assert.deepEqual(found, [outcome.value]);
        one.disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        const later = await requestsIn(one);
        if (outcome.is === 'done') assert.deepEqual(later, [outcome.value], `seed ${seed}`);
        return actor;
      });
    }
  });

  it('a request is taken out, whatever fails', async () => {
    const { disk, open } = await oneDisk();
    const { store, actor } = await open();
    await actor.makeDir(`${root}/jobs/7`, 0o755);
    await sendRequest(store, submit, 'login');
    const [request = assert.fail()] = (await readInbox(store, 'all')).requests;
    await atEveryMutation(['crash', 'EIO'], async (fault) => {
      const one = diskOf(disk.copy());
      const failing = await one.open({ fault });
      await outcomeOf(takeOut(failing.store, request));
      await takeOut((await one.open()).store, request);
      assert.deepEqual(await requestsIn(one), []);
      assert.deepEqual(await one.disk.actor().list(`${root}/jobs/7`), ['request.json']);
      return failing.actor;
    });
  });
});

describe('inbox: what is gone', () => {
  it('tells the handled requests whose files were taken out, for a daemon that died in between', async () => {
    const { store } = await (await oneDisk()).open();
    const id = await sendRequest(store, cancel, 'login');
    assert.deepEqual(await goneRequests(store, [id, 'REQUEST-GONE']), ['REQUEST-GONE']);
    const [sent] = (await readInbox(store, 'all')).requests;
    if (sent !== undefined) await takeOut(store, sent);
    assert.deepEqual(await goneRequests(store, [id]), [id]);
  });
});

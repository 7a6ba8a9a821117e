import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Files } from '../../../src/ports/files.ts';
import { writeCheckpoint } from '../../../src/store/checkpoint.ts';
import { encodeCommit } from '../../../src/store/codec.ts';
import { fileLog, pruneMark, seqs } from '../../../src/store/log.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { cancelled, now, registered, submitted } from '../core/world.ts';
import { commitJobs, journalOf, type OneDisk, oneDisk, present, root, shown } from './onedisk.ts';

const entry = (seq: number): string => `${root}/log/${String(seq).padStart(12, '0')}.json`;

/** A cluster whose first entries are pruned: 90 commits, checkpoints at 80 and 85. */
async function pruned(): Promise<OneDisk> {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  for (const [until, isCheckpoint] of [
    [80, true],
    [85, true],
    [90, false],
  ] as const) {
    await commitJobs(journal, until - journal.cluster().seq);
    if (isCheckpoint) await writeCheckpoint(store, journal.cluster());
  }
  assert.deepEqual(await pruneMark(store), { checkpoint: 80, entry: 16 });
  assert.equal((await seqs(store, store.layout.log))[0], 16);
  return disk;
}

async function logOf(disk: OneDisk, writer = 'writer') {
  const { store } = await disk.open();
  return fileLog(store, writer);
}

describe('log: append', () => {
  it('adds an entry after the last, and tells the loser', async () => {
    const disk = await oneDisk();
    const [a, b] = [await logOf(disk, 'a'), await logOf(disk, 'b')];
    assert.equal(await a.append({ seq: 1, format: 1, events: [submitted(1)], nonce: 'AAAAAAAA' }), 'won');
    assert.equal(await b.append({ seq: 1, format: 1, events: [submitted(1)], nonce: 'BBBBBBBB' }), 'lost');
    assert.equal(await b.append({ seq: 2, format: 1, events: [submitted(2)], nonce: 'BBBBBBBB' }), 'won');
    const commits = await a.readAfter(0);
    assert.ok(commits !== 'gone');
    assert.deepEqual(
      commits.map(({ head, events }) => [head.seq, head.writer, head.nonce, events]),
      [
        [1, 'a', 'AAAAAAAA', [submitted(1)]],
        [2, 'b', 'BBBBBBBB', [submitted(2)]],
      ],
    );
    assert.deepEqual(await a.readAfter(2), []);
  });

  it('of many at once one wins, in whatever order they get their turns', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const disk = await oneDisk();
      const turns = turnsOf(randomOf(seed));
      const stores: Store[] = [];
      for (let actor = 0; actor < 4; actor += 1) {
        stores.push((await disk.open()).store);
      }
      const runners = stores.map((store, index) => async () => {
        const files = disk.disk.actor({ turn: () => turns.next() });
        const log = fileLog({ ...store, files }, `${index}`);
        return log.append({ seq: 1, format: 1, events: [submitted(1)], nonce: `AAAAAAA${index}` });
      });
      const outcomes = (await turns.run(runners)).map((one) =>
        one.status === 'fulfilled' ? one.value : one.reason,
      );
      const winner = outcomes.indexOf('won');
      assert.deepEqual([...outcomes].sort(), ['lost', 'lost', 'lost', 'won'], `seed ${seed}`);
      const commits = await (await logOf(disk)).readAfter(0);
      assert.equal(commits !== 'gone' && commits[0]?.head.writer, `${winner}`, `seed ${seed}`);
    }
  });
});

describe('log: those who slept through a pruning', () => {
  it('a writer whose number was pruned does not know what became of it, and changes nothing', async () => {
    const disk = await pruned();
    const before = await present(disk);
    const log = await logOf(disk);
    for (const seq of [1, 2, 3, 15]) {
      assert.equal(
        await log.append({ seq, format: 1, events: [submitted(10_000)], nonce: 'AAAAAAAA' }),
        'unknown',
        `${seq}`,
      );
    }
    assert.equal(
      await log.append({ seq: 16, format: 1, events: [submitted(10_000)], nonce: 'AAAAAAAA' }),
      'lost',
    );
    assert.deepEqual(shown(await present(disk)), shown(before));
  });

  it('a reader far behind begins at the checkpoint, and takes no late entry for a true one', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    const behind = [await journalOf(store)];
    const writer = await journalOf(store);
    for (const stop of [1, 2, 3]) {
      await commitJobs(writer, 1);
      behind.push(await journalOf(store));
      assert.equal(behind[stop]?.cluster().seq, stop);
    }
    await commitJobs(writer, 77);
    await writeCheckpoint(store, writer.cluster());
    await commitJobs(writer, 5);
    await writeCheckpoint(store, writer.cluster());
    const log = await logOf(disk);
    for (const late of [1, 2, 3, 4])
      await log.append({ seq: late, format: 1, events: [submitted(10_000 + late)], nonce: 'AAAAAAAA' });
    for (const [seq, journal] of behind.entries()) {
      assert.equal(await log.readAfter(seq), 'gone', `after ${seq}`);
      assert.deepEqual(shown(await journal.refresh()), shown(writer.cluster()));
    }
  });

  it('nor where late entries reach up to the true ones', async () => {
    const disk = await pruned();
    const log = await logOf(disk);
    for (const late of [14, 15])
      await log.append({ seq: late, format: 1, events: [submitted(10_000 + late)], nonce: 'AAAAAAAA' });
    assert.equal(await log.readAfter(13), 'gone');
    assert.equal(await log.readAfter(14), 'gone');
    const commits = await log.readAfter(15);
    assert.equal(commits !== 'gone' && commits.length, 75);
  });

  it('late entries go with the next pruning', async () => {
    const disk = await pruned();
    const log = await logOf(disk);
    await log.append({ seq: 2, format: 1, events: [submitted(10_000)], nonce: 'AAAAAAAA' });
    const { store } = await disk.open();
    const journal = await journalOf(store);
    await commitJobs(journal, 5);
    await writeCheckpoint(store, journal.cluster());
    assert.equal((await seqs(store, store.layout.log)).includes(2), false);
  });
});

describe('log: damage', () => {
  it('an entry that is missing stops the reader, by its name', async () => {
    const disk = await pruned();
    await disk.disk.actor().unlink(entry(88));
    await assert.rejects(present(disk), {
      code: 'LOG_GAP',
      message: `${root}/log/000000000088.json: the entry is missing`,
    });
  });

  it('an entry that cannot follow on those before it is found', async () => {
    const disk = await oneDisk();
    const events = [cancelled(7)];
    const bytes = encodeCommit({ format: 1, seq: 1, time: now, writer: 'w', nonce: 'AAAAAAAA' }, events);
    await disk.disk.actor().create(entry(1), bytes, { mode: 0o644, sync: true });
    const why = 'it cannot follow on the entries before it: job 7 is not waiting';
    await assert.rejects(present(disk), { code: 'DAMAGED', message: `${entry(1)}: ${why}` });
  });

  it('an entry under another’s name is found', async () => {
    const disk = await oneDisk();
    const bytes = encodeCommit({ format: 1, seq: 5, time: now, writer: 'w', nonce: 'AAAAAAAA' }, [
      registered('n'),
    ]);
    await disk.disk.actor().create(entry(1), bytes, { mode: 0o644, sync: true });
    await assert.rejects(present(disk), { code: 'DAMAGED', message: /0001\.json: it says that it is 5/ });
  });

  it('a damaged entry or checkpoint is named, and not passed over', async () => {
    const disk = await pruned();
    const files = disk.disk.actor();
    await files.append(entry(89), encodeText('{}\n'), { mode: 0o644, sync: true });
    await assert.rejects(present(disk), { code: 'DAMAGED', message: /log\/000000000089\.json/ });
    await files.append(`${root}/checkpoints/000000000085.json`, encodeText(' '), { mode: 0o644, sync: true });
    await assert.rejects(present(disk), { code: 'DAMAGED', message: /checkpoints\/000000000085\.json/ });
  });

  it('a part of a file that is read for all of it is no damage, if it is whole the next time', async () => {
    const disk = await pruned();
    const { store } = await disk.open();
    for (const [path, partsMax] of [
      [entry(89), 2],
      [`${root}/checkpoints/000000000085.json`, 1],
    ] as const) {
      let parts = 0;
      const read: Files['read'] = async (name, bytesMax) => {
        const content = await store.files.read(name, bytesMax);
        if (name !== path || content === undefined || parts === partsMax) return content;
        parts += 1;
        return { ...content, bytes: content.bytes.subarray(0, 20) };
      };
      const journal = await journalOf({ ...store, files: { ...store.files, read } });
      assert.deepEqual(shown(journal.cluster()), shown(await present(disk)));
      assert.equal(parts, partsMax);
    }
  });

  it('a missing folder is no empty one', async () => {
    for (const folder of ['log', 'checkpoints']) {
      const disk = await oneDisk();
      await disk.disk.actor().removeTree(`${root}/${folder}`);
      await assert.rejects(present(disk), {
        message: new RegExp(`^/spool/${folder}: the folder is missing`),
      });
    }
  });

  it('names of other kinds are passed over', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    await commitJobs(await journalOf(store), 2);
    for (const name of ['README', '.tmp.x', '000000000003.json~', '3.json', '000000000003.json.bak']) {
      await disk.disk.actor().create(`${root}/log/${name}`, encodeText('?'), { mode: 0o644, sync: true });
    }
    assert.equal((await present(disk)).seq, 2);
  });
});

describe('log: a listing that is old', () => {
  it('brings nothing new, and takes nothing away', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    const before = await actor.list(`${root}/log`);
    let isOld = false;
    const list: Store['files']['list'] = (path) =>
      isOld && path === `${root}/log` ? Promise.resolve(before) : actor.list(path);
    const journal = await journalOf({ ...store, files: { ...actor, list } });
    await commitJobs(journal, 3);
    isOld = true;
    assert.equal((await journal.refresh()).seq, 3);
    await commitJobs(journal, 3);
    assert.equal((await journal.refresh()).seq, 6);
    assert.deepEqual(shown(await present(disk)), shown(journal.cluster()));
  });
});

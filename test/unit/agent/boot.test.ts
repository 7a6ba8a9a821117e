import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settleBoot } from '../../../src/agent/boot.ts';
import { readStarted } from '../../../src/agent/markers.ts';
import { decodeText, encodeText } from '../../../src/store/put.ts';
import { makeRooms } from '../../../src/store/rooms.ts';
import { share, spec } from '../builders.ts';
import { alice, allocated, registered, submitted } from '../core/world.ts';
import { journalOf, oneDisk, raisedTo, root } from '../store/onedisk.ts';
import { bootId, fakeAgent, furnishLocal, localDir } from './agents.ts';

const plain = { mode: 0o600, sync: true };

interface Given {
  /** The boot that the node's folder tells of, and the one that it was registered with. */
  readonly noted: string | undefined;
  readonly registeredWith?: string;
  /** True: a shim may have been started before. */
  readonly hasFolder: boolean;
  readonly isSpoolThere?: boolean;
}

/** After a power cut that took the room of task 2 of array 1, which the node had claimed. */
async function booted({ noted, registeredWith = 'boot-0', hasFolder, isSpoolThere = true }: Given) {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  await makeRooms(store, 0, 1);
  const array = { tasks: [[0, 1] as const], throttle: 0 };
  const given = spec({ uid: alice, gpus: [], array });
  const node = { ...registered('node1'), record: { ...registered('node1').record, bootId: registeredWith } };
  await journal.commit(() => [...raisedTo(2), node, submitted(1, given)]);
  const task = allocated(2, [share('node1', { gpus: [] })], { array: { job: 1, task: 0 } });
  await journal.commit(() => [task]);
  await furnishLocal(disk);
  const files = disk.disk.actor({ uid: alice });
  if (noted !== undefined) await files.create(`${localDir}/boot`, encodeText(`${noted}\n`), plain);
  if (hasFolder) await files.makeDir(`${localDir}/runs/2.1`, 0o700);
  const { agent, logged } = await fakeAgent(disk);
  if (!isSpoolThere) await files.unlink(`${root}/spool.json`);
  await settleBoot(agent);
  const isThere = (await files.stat(`${root}/jobs/2`)) !== undefined;
  const boots = decodeText((await files.read(`${localDir}/boot`, 1000))?.bytes ?? new Uint8Array());
  return { isThere, boots, marker: await readStarted(agent.store, 2, 1), logged };
}

describe('after a power cut that took the room of a task', () => {
  it('the room is made anew, and what had not begun may begin', async () => {
    const { isThere, marker } = await booted({ noted: 'boot-0', hasFolder: false });
    assert.deepEqual([isThere, marker], [true, 'absent']);
  });

  it('also when the machine was booted again before the node was registered', async () => {
    const { isThere, boots } = await booted({ noted: 'boot-0b\nboot-0', hasFolder: false });
    assert.deepEqual([isThere, boots], [true, `${bootId}\nboot-0b\nboot-0\n`]);
  });

  it('what may have run does not run again', async () => {
    const { isThere, marker } = await booted({ noted: 'boot-0', hasFolder: true });
    assert.deepEqual([isThere, marker], [true, 'lost']);
  });

  it('what another machine may have begun under this name is left', async () => {
    for (const noted of [undefined, 'boot-of-long-ago']) {
      const { isThere } = await booted({ noted, hasFolder: false });
      assert.equal(isThere, false);
    }
  });

  it('nothing is done twice in one boot', async () => {
    const { isThere, logged } = await booted({ noted: bootId, hasFolder: true });
    assert.deepEqual([isThere, logged], [false, []]);
  });

  it('nothing is concluded from a spool that is out of reach', async () => {
    await assert.rejects(booted({ noted: 'boot-0', hasFolder: false, isSpoolThere: false }), {
      code: 'OUT_OF_REACH',
    });
  });
});

// Files that are removed while they are open on a network file system.
import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { describe, it } from 'node:test';
import { randomOf } from '../fakes/random.ts';
import { callsOf, type SimCalls } from './calls.ts';
import { Chaos, calm } from './chaos.ts';
import { Disk } from './disk.ts';
import { kill, type Machine } from './machine.ts';
import { Mount } from './mount.ts';
import { type Actor, orderOf, Scheduler, SystemError, systemError } from './scheduler.ts';

interface Lab {
  readonly disk: Disk;
  /** A process on one of two machines. */
  process(machine: 'one' | 'two'): { readonly calls: SimCalls; readonly actor: Actor };
  mount(machine: 'one' | 'two'): Mount;
  /** Runs a step to its end; gives the code of its error. */
  run(step: Promise<unknown> | unknown): Promise<string | undefined>;
  names(): readonly string[];
}

const { O_CREAT, O_EXCL } = constants;

/** Two machines with one folder, and in it a file of each of these names. */
async function lab(fileSystem: Machine['fileSystem'], ...files: readonly string[]): Promise<Lab> {
  const random = randomOf(1);
  const scheduler = new Scheduler(random, orderOf(random));
  const disk = new Disk({ losesNames: fileSystem === 'local' });
  disk.nowMs = () => scheduler.nowMs;
  const judge = new Chaos(random, calm, {
    nowMs: disk.nowMs,
    onCrash: () => {},
    onSlowStart: () => {},
    onUnread: () => {},
  });
  const mounts = new Map(
    ['one', 'two'].map((name) => [name, new Mount(disk, machineOf(name, fileSystem), 3000)]),
  );
  const mount: Lab['mount'] = (name) => mounts.get(name) ?? assert.fail();
  const here: Lab = {
    disk,
    mount,
    process(name) {
      const { machine } = mount(name);
      const actor: Actor = { name, kind: 'client', machine, isDead: false, pausedUntilMs: 0, atDeath: [] };
      const options = { scheduler, actor, mount: mount(name), uid: 1, random, oldListing: () => 0 };
      return { actor, calls: callsOf(options) };
    },
    async run(step) {
      const ends: (string | undefined)[] = [];
      Promise.resolve(step).then(
        () => ends.push(undefined),
        (error: unknown) => ends.push(error instanceof SystemError ? error.code : String(error)),
      );
      await scheduler.run(judge, scheduler.nowMs + 60_000, () => ends.length > 0);
      return ends[0];
    },
    names: () => {
      const folder = disk.find('/f');
      return folder?.kind === 'folder' ? [...folder.entries.keys()].sort() : [];
    },
  };
  const { calls } = here.process('one');
  await here.run(calls.mkdir('/f', 0o755));
  for (const name of files) await here.run(calls.overwrite(`/f/${name}`, new Uint8Array([1]), true));
  return here;
}

function machineOf(name: string, fileSystem: Machine['fileSystem']): Machine {
  return {
    name,
    fileSystem,
    callMsMax: 5,
    skewSeconds: 0,
    drift: 0,
    isUp: true,
    bootId: name,
    bootMs: 0,
    pidNext: 1,
    processes: new Map(),
    actors: new Set(),
  };
}

async function opened(here: Lab, calls: SimCalls, path: string): Promise<number> {
  const fds: number[] = [];
  await here.run(Promise.resolve(calls.open(path, 0, 0)).then((fd) => fds.push(fd)));
  return fds[0] ?? assert.fail();
}

/** What a read of one byte comes to. */
function read(here: Lab, calls: SimCalls, fd: number): Promise<string | undefined> {
  return here.run(calls.read(fd, new Uint8Array(1), { offset: 0, length: 1, position: 0 }));
}

const hidden = /^\.nfs[0-9a-f]{24}$/;

/** Until the server has done what was not waited for. */
async function settle(here: Lab): Promise<void> {
  const { calls } = here.process('two');
  for (let times = 0; times < 10; times += 1) await here.run(calls.lstat('/f'));
}

describe('a file that is removed while it is open on NFS', () => {
  it('lives on under a hidden name, which keeps its folder there, until it is closed', async () => {
    const here = await lab('nfs', 'a');
    const [holder, other] = [here.process('one'), here.process('one')];
    const fd = await opened(here, holder.calls, '/f/a');
    assert.equal(await here.run(other.calls.unlink('/f/a')), undefined);
    const [name = '', ...more] = here.names();
    assert.match(name, hidden);
    assert.deepEqual(more, []);
    assert.equal(await here.run(other.calls.unlink(`/f/${name}`)), 'EBUSY');
    assert.equal(await here.run(other.calls.rmdir('/f')), 'ENOTEMPTY');
    assert.equal(await read(here, holder.calls, fd), undefined);
    await holder.calls.close(fd);
    await settle(here);
    assert.deepEqual(here.names(), []);
    assert.equal(await here.run(other.calls.rmdir('/f')), undefined);
  });

  it('goes with the last of those who have it open, and when its process dies', async () => {
    const here = await lab('nfs', 'a');
    const [one, two] = [here.process('one'), here.process('one')];
    await opened(here, one.calls, '/f/a');
    const fd = await opened(here, two.calls, '/f/a');
    await here.run(one.calls.unlink('/f/a'));
    await two.calls.close(fd);
    await settle(here);
    assert.match(here.names().join(), hidden);
    kill(one.actor);
    await settle(here);
    assert.deepEqual(here.names(), []);
  });

  it('makes way for what takes its name, which is not there for a moment', async () => {
    const here = await lab('nfs', 'a', 'b');
    const { calls } = here.process('one');
    await opened(here, calls, '/f/a');
    const seen = new Set<string>();
    here.disk.onEntry = () => void seen.add(here.names().join());
    assert.equal(await here.run(calls.rename('/f/b', '/f/a')), undefined);
    const [first = ''] = here.names();
    assert.match(first, hidden);
    assert.deepEqual(here.names(), [first, 'a']);
    assert.ok(seen.has([first, 'b'].join()), [...seen].join(' '));
  });

  it('is left behind by a machine that goes down, as a file like any other', async () => {
    const here = await lab('nfs', 'a');
    const { calls, actor } = here.process('one');
    await opened(here, calls, '/f/a');
    await here.run(calls.unlink('/f/a'));
    here.mount('one').forget();
    kill(actor);
    await settle(here);
    const [name = ''] = here.names();
    assert.match(name, hidden);
    assert.equal(here.mount('one').openNames.leftBehind, 1);
    assert.equal(await here.run(here.process('one').calls.unlink(`/f/${name}`)), undefined);
    assert.deepEqual(here.names(), []);
  });

  it('is gone for who has it open when another machine removes it', async () => {
    const here = await lab('nfs', 'a');
    const { calls } = here.process('one');
    const fd = await opened(here, calls, '/f/a');
    await here.run(here.process('two').calls.unlink('/f/a'));
    assert.deepEqual(here.names(), []);
    assert.equal(await read(here, calls, fd), systemError('ESTALE', '').code);
  });

  it('keeps its own name after it was renamed, and is hidden only when that is removed', async () => {
    const here = await lab('nfs', 'a');
    const { calls } = here.process('one');
    const fd = await opened(here, calls, '/f/a');
    await here.run(calls.rename('/f/a', '/f/b'));
    assert.deepEqual(here.names(), ['b']);
    await here.run(calls.unlink('/f/b'));
    assert.match(here.names().join(), hidden);
    await calls.close(fd);
    await settle(here);
    assert.deepEqual(here.names(), []);
  });
});

it('on a local disk a name that is removed is gone, and the file can be read', async () => {
  const here = await lab('local', 'a');
  const { calls } = here.process('one');
  const fd = await opened(here, calls, '/f/a');
  await here.run(calls.unlink('/f/a'));
  assert.deepEqual(here.names(), []);
  assert.equal(await read(here, calls, fd), undefined);
  assert.equal(await here.run(calls.open('/f/a', O_CREAT | O_EXCL, 0o600)), undefined);
});

import { rangesHas } from '../../src/model/ranges.ts';
import { type FsckPorts, fsck } from '../../src/services/fsck.ts';
import { openPresent } from '../../src/services/present.ts';
import { takeBackup } from '../../src/store/backup.ts';
import { restoreBackup } from '../../src/store/restore.ts';
import { openSpool, type Store, type StorePorts } from '../../src/store/spool.ts';
import { parseJson } from '../fakes/yaml.ts';
import { kill, type Machine } from './machine.ts';
import { BrokenPromise } from './watchman.ts';
import { newActor, ownerUid, portsFor, type World } from './world.ts';

/** Every file counts as just written: what those who died left behind is no breach. */
const fsckPorts: FsckPorts = {
  uid: ownerUid,
  fileTimeMs: async () => 0,
  nowMs: () => 0,
  parseYaml: parseJson,
};

/** `mgpu fsck` from one of the machines, which has to find the spool sound. */
export function examine(world: World, machine: Machine): Promise<void> {
  return asClient(world, machine, async (ports) => {
    await assertSound(await openSpool(ports, world.root));
  });
}

/** `mgpu backup`, and a cluster made of it that has to know each job that was acknowledged before. */
export function backUp(world: World, machine: Machine): Promise<void> {
  return asClient(world, machine, async (ports) => {
    const acknowledged = [...world.watchman.acknowledged];
    const store = await openSpool(ports, world.root);
    await takeBackup(store, '/backup', ownerUid);
    await restoreBackup(ports, '/backup', { root: '/restored', uid: ownerUid });
    const restored = await openSpool(ports, '/restored');
    await assertSound(restored);
    const { jobs, closed } = (await (await openPresent(restored)).view()).cluster;
    for (const id of acknowledged) {
      if (!jobs.has(id) && !rangesHas(closed, id))
        throw new BrokenPromise(`job ${id} is in no backup that was begun after it was acknowledged`);
    }
  });
}

async function asClient(
  world: World,
  machine: Machine,
  work: (ports: StorePorts) => Promise<void>,
): Promise<void> {
  const actor = newActor(world, { name: 'keeper', kind: 'client', machine });
  await work(portsFor(world, actor));
  kill(actor);
}

async function assertSound(store: Store): Promise<void> {
  const { flaws } = await fsck(store, fsckPorts);
  const wrong = flaws.filter(({ severity }) => severity !== 'note');
  if (wrong.length === 0) return;
  throw new BrokenPromise(`fsck: ${wrong.map(({ path, what }) => `${path}: ${what}`).join('; ')}`);
}

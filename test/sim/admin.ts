import { isOutOfUse } from '../../src/model/node.ts';
import type { Request } from '../../src/model/request.ts';
import type { Settings } from '../../src/model/settings.ts';
import { sendRequest } from '../../src/store/inbox.ts';
import { encodeText, replace } from '../../src/store/put.ts';
import { openSpool, type Store } from '../../src/store/spool.ts';
import { endWith } from './endwith.ts';
import type { Machine } from './machine.ts';
import { newActor, portsFor, type World } from './world.ts';

/*
 * Administrators: they take nodes out of use, give them back, keep some for a time, and write cluster.yaml
 * anew, now and then with an error in it. When nothing goes wrong any more, a caretaker puts all of it in
 * order, for jobs must not wait for ever.
 */

/** The settings as a file that the simulator's parser reads; what else stands there is given. */
export function settingsText(settings: Settings, more: object = {}): Uint8Array {
  const { heartbeatSeconds, nodeTimeoutSeconds, killWaitSeconds, minJobAgeSeconds, gpuProbeSeconds } =
    settings;
  const file = {
    networking: { heartbeat_interval: heartbeatSeconds, timeout: nodeTimeoutSeconds },
    jobs: { kill_wait: killWaitSeconds, min_job_age: minJobAgeSeconds },
    gpus: { probe_interval: gpuProbeSeconds },
    ...more,
  };
  return encodeText(JSON.stringify(file));
}

export const adminName = 'admin';

/** One command of an administrator. */
export function startAdmin(world: World, machine: Machine): void {
  const { random } = world;
  const chance = random();
  const node = world.nodes[Math.floor(random() * world.nodes.length)]?.name ?? 'node1';
  if (chance < 0.25) writeSettings(world, machine, licensesOf(random));
  else if (chance < 0.35) writeSettings(world, machine, { nosuch: 1 });
  else if (chance < 0.45) send(world, machine, [{ name: 'reconfigure' }]);
  else if (chance < 0.6) send(world, machine, [reservationOf(world, node)]);
  else send(world, machine, [updateOf(random, node)]);
}

function licensesOf(random: () => number): object {
  return { licenses: { some: Math.floor(random() * 5) }, nodes: [{ node_id: 'absent', cpus: 2 }] };
}

function updateOf(random: () => number, node: string): Request {
  const nodes = random() < 0.2 ? [node, 'absent'] : [node];
  const chance = random();
  if (chance < 0.4) return { name: 'updateNode', nodes, state: 'drain', reason: 'disks' };
  if (chance < 0.6) return { name: 'updateNode', nodes, state: 'down', reason: 'smoke' };
  if (chance < 0.7) return { name: 'updateNode', nodes, comment: 'looked at', weight: 3 };
  return { name: 'updateNode', nodes, state: 'resume' };
}

function reservationOf({ scheduler, random }: World, node: string): Request {
  const startTime = Math.floor(scheduler.nowMs / 1000);
  const endTime = startTime + 1 + Math.floor(random() * 100);
  const reservation = { name: 'kept', startTime, endTime, nodes: [node], users: ['root'] };
  const chance = random();
  if (chance < 0.3) return { name: 'deleteReservation', reservation: 'kept' };
  const flags = chance < 0.5 ? { flags: ['DAILY'] } : {};
  return { name: 'setReservation', reservation: { ...reservation, ...flags }, isNew: chance < 0.8 };
}

function writeSettings(world: World, machine: Machine, more: object): void {
  act(world, machine, async ({ files, ids }) => {
    const options = { mode: 0o644, durable: true, nonce: ids.next() };
    await replace(files, world.root, 'cluster.yaml', settingsText(world.settings, more), options);
  });
}

function send(world: World, machine: Machine, requests: readonly Request[]): void {
  act(world, machine, async (store) => {
    for (const request of requests) await sendRequest(store, request, 'login');
  });
}

function act(world: World, machine: Machine, work: (store: Store) => Promise<void>): void {
  if (!machine.isUp) return;
  world.clientsBegun += 1;
  const actor = newActor(world, { name: `${adminName} ${world.clientsBegun}`, kind: 'client', machine });
  world.clients += 1;
  actor.atDeath.push(() => {
    world.clients -= 1;
  });
  const ports = portsFor(world, actor);
  endWith(
    world,
    actor,
    openSpool(ports, world.root).then((store) => work(store)),
  );
}

/** The settings as they were in the beginning; the machine has to be up. */
export function mendSettings(world: World, machine: Machine): void {
  writeSettings(world, machine, {});
}

/** How often the caretaker looks, when nothing goes wrong any more. */
const careMs = 5000;

/** Puts in order, again and again, what administrators have left: late requests may come after a look. */
export function takeCare(world: World): void {
  const { scheduler, watchman, machines } = world;
  const [machine] = machines;
  if (machine === undefined) return;
  const { nodes, reservations, absentNodes, config } = watchman.cluster;
  const out = [...nodes.values()].filter(({ admin }) => isOutOfUse(admin)).map(({ record }) => record.name);
  const absent = [...absentNodes].filter(([, admin]) => isOutOfUse(admin)).map(([name]) => name);
  const requests: Request[] = [
    ...(out.length + absent.length > 0
      ? [{ name: 'updateNode', nodes: [...out, ...absent], state: 'resume' } as const]
      : []),
    ...[...reservations.keys()].map((reservation) => ({ name: 'deleteReservation', reservation }) as const),
  ];
  if (machine.isUp && world.clients === world.waiting && watchman.inbox().length === 0) {
    if (requests.length > 0) send(world, machine, requests);
    else if (config?.licenses !== undefined) writeSettings(world, machine, {});
  }
  scheduler.after(careMs, () => takeCare(world));
}

import type { Agent } from '../../src/agent/agent.ts';
import { type DaemonEnd, serve } from '../../src/agent/daemon.ts';
import { liveSettings } from '../../src/agent/settings.ts';
import { MgpuError } from '../../src/base/error.ts';
import { openJournal } from '../../src/store/journal.ts';
import { fileLog } from '../../src/store/log.ts';
import { openSpool } from '../../src/store/spool.ts';
import { parseJson } from '../fakes/yaml.ts';
import { node as nodeOf } from '../unit/builders.ts';
import { kill } from './machine.ts';
import { daemonPort, doorbellOf, loggerOf, ownAddress, watcherOf } from './ports.ts';
import { processesFor } from './processes.ts';
import type { Actor } from './scheduler.ts';
import { newActor, ownerUid, portsFor, type SimNode, type World } from './world.ts';

/** What may pass, so that a daemon that ends by it is simply started again. */
const passing: ReadonlySet<string> = new Set([
  ...['EIO', 'ESTALE', 'ENOSPC', 'EDQUOT', 'ETIMEDOUT', 'CONTENDED', 'UNSTABLE', 'EEXIST', 'ENOENT'],
]);

/** Starts the node's daemon; when it ends, the world starts it again. */
export function startDaemon(world: World, node: SimNode): void {
  if (!node.machine.isUp || (node.actor && !node.actor.isDead)) return;
  node.lives += 1;
  const actor = newActor(world, {
    name: `${node.name} life ${node.lives}`,
    kind: 'daemon',
    machine: node.machine,
  });
  node.actor = actor;
  node.isStopping = false;
  actor.atDeath.push(() => {
    if (node.actor === actor) node.journal = undefined;
    world.scheduler.after(world.restartMs(), () => startDaemon(world, node));
  });
  live(world, node, actor).then(
    (end) => {
      world.watchman.note(`${actor.name} ends: ${end}`);
      kill(actor);
    },
    (error: unknown) => {
      world.watchman.note(`${actor.name} ends: ${String(error)}`);
      if (!(error instanceof MgpuError) || !passing.has(error.code)) world.scheduler.fail(error);
      kill(actor);
    },
  );
}

async function live(world: World, node: SimNode, actor: Actor): Promise<DaemonEnd> {
  const { scheduler, random } = world;
  const ports = portsFor(world, actor);
  const store = await openSpool(ports, world.root);
  const localDir = `/local/${node.name}`;
  const watcher = watcherOf(scheduler, actor, random);
  const journal = await openJournal(fileLog(store, node.name), ports);
  const port = daemonPort + world.nodes.indexOf(node);
  const doorbell = world.bells && doorbellOf(port, watcher);
  if (doorbell) world.bells?.set(port, doorbell);
  const { record } = nodeOf(node.name, {
    addresses: [ownAddress],
    ...(doorbell && { port }),
    hostName: node.machine.name,
    bootId: node.machine.bootId,
    incarnation: ports.ids.next(),
    gpus: node.gpus,
    // The third node is behind another switch than the first two.
    switch: node.name < 'node3' ? 's1' : 's2',
  });
  const agent: Agent = {
    store,
    journal,
    processes: processesFor(world, actor, node.name),
    locks: world.locks.of(scheduler, actor, random),
    logger: loggerOf((line) => world.watchman.note(`${actor.name}: ${line}`)),
    watcher,
    ...(doorbell && { doorbell }),
    gpuProbe: undefined,
    settings: liveSettings(world.settings),
    parseYaml: parseJson,
    uidOf: async () => ownerUid,
    node: record,
    localDir,
    shimPath: `${localDir}/shim.sh`,
    guardPath: `${localDir}/guard.sh`,
    mayExecute: true,
    stepCommand: [],
  };
  node.journal = journal;
  node.watcher = watcher;
  return serve(agent, { isAsked: () => node.isStopping });
}

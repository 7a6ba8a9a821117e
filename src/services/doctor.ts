import { isMgpuError } from '../base/error.ts';
import type { GpuProbe } from '../ports/gpus.ts';
import { readClusterFile } from '../store/settings.ts';
import type { Store } from '../store/spool.ts';
import { examined, type Finding, failure, ok } from './doctor/finding.ts';
import { checkGpus, checkNodeVersion, checkPlatform, type MachineFacts } from './doctor/machine.ts';
import { checkNodes } from './doctor/nodes.ts';
import { examineWithPeer, type PairPorts } from './doctor/pair.ts';
import {
  checkFormat,
  checkInbox,
  checkLog,
  checkMount,
  checkOwner,
  checkPromises,
  checkSettings,
  type SpoolPorts,
} from './doctor/spool.ts';
import { verdict } from './doctor/verdict.ts';
import type { SpoolPlace } from './locate.ts';

export interface DoctorPorts extends SpoolPorts, PairPorts {
  readonly machine: MachineFacts;
  readonly gpuProbe: GpuProbe;
  locate(): Promise<SpoolPlace>;
  open(): Promise<Store>;
}

export interface DoctorOptions {
  /** Measures the file system together with another machine where the same is asked for. */
  readonly pair: boolean;
}

/** Examines this machine and the cluster; the findings come one by one, as some take their time. */
export async function* examine(ports: DoctorPorts, options: DoctorOptions): AsyncIterableIterator<Finding> {
  yield checkNodeVersion(ports.machine);
  yield checkPlatform(ports.machine);
  yield* await checkGpus(ports.gpuProbe);
  yield* examineSpool(ports, options);
}

async function* examineSpool(ports: DoctorPorts, options: DoctorOptions): AsyncIterableIterator<Finding> {
  let opened: Opened;
  try {
    const place = await ports.locate();
    opened = { store: await ports.open(), place };
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    yield failure('spool', error);
    return;
  }
  const { store, place } = opened;
  yield ok('spool', `${place.path} (${namedBy(place)})`);
  yield await examined('format', () => checkFormat(store));
  yield await examined('settings', () => checkSettings(store, ports));
  yield await examined('owner', () => checkOwner(store, ports));
  yield* examineMount(store, ports, options);
  yield await examined('log', () => checkLog(store));
  yield await examined('inbox', () => checkInbox(store));
  yield* await several('daemons', () => checkNodes(store, ports, place.origin === 'embedded'));
}

/** What the file system under the spool does, and what that means for a cluster. */
async function* examineMount(
  store: Store,
  ports: DoctorPorts,
  { pair }: DoctorOptions,
): AsyncIterableIterator<Finding> {
  const findings = [
    ...(await several('file system', () => checkMount(store, ports))),
    ...(await several('writing', () => checkPromises(store, ports))),
  ];
  yield* findings;
  if (pair) yield ok('pair', 'waiting until `mgpu doctor --pair` is typed on another machine too');
  const outcome = pair ? await examineWithPeer(store, ports) : undefined;
  if (outcome !== undefined) yield* outcome.findings;
  findings.push(...(outcome?.findings ?? []));
  try {
    const mount = await ports.mount(store.layout.root);
    const mode = ports.watchMode(mount);
    yield verdict({
      findings,
      reach: mount.reach,
      pollMs: mode.kind === 'poll' ? mode.intervalMs : undefined,
      measured: outcome?.measured,
      settings: (await readClusterFile(store, ports.parseYaml)).settings,
    });
  } catch (error) {
    // The checks of the mount and of the settings have said why.
    if (!isMgpuError(error)) throw error;
  }
}

interface Opened {
  readonly store: Store;
  readonly place: SpoolPlace;
}

function namedBy({ origin, namedBy: name }: SpoolPlace): string {
  return origin === 'embedded' ? "this machine's own: no other is configured" : `named by ${name}`;
}

async function several(what: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    return [failure(what, error)];
  }
}

import { isMgpuError } from '../base/error.ts';
import type { GpuProbe } from '../ports/gpus.ts';
import type { Store } from '../store/spool.ts';
import { examined, type Finding, failure, ok } from './doctor/finding.ts';
import { checkGpus, checkNodeVersion, checkPlatform, type MachineFacts } from './doctor/machine.ts';
import { checkNodes } from './doctor/nodes.ts';
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
import type { SpoolPlace } from './locate.ts';

export interface DoctorPorts extends SpoolPorts {
  readonly machine: MachineFacts;
  readonly gpuProbe: GpuProbe;
  locate(): Promise<SpoolPlace>;
  open(): Promise<Store>;
}

/** Examines this machine and the cluster; the findings come one by one, as some take their time. */
export async function* examine(ports: DoctorPorts): AsyncIterableIterator<Finding> {
  yield checkNodeVersion(ports.machine);
  yield checkPlatform(ports.machine);
  yield* examineSpool(ports);
  yield* await checkGpus(ports.gpuProbe);
}

async function* examineSpool(ports: DoctorPorts): AsyncIterableIterator<Finding> {
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
  yield* await several('file system', () => checkMount(store, ports));
  yield* await several('writing', () => checkPromises(store, ports));
  yield await examined('log', () => checkLog(store));
  yield await examined('inbox', () => checkInbox(store));
  yield* await several('daemons', () => checkNodes(store, ports, place.origin === 'embedded'));
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

import { MgpuError } from '../../base/error.ts';
import { isFitting } from '../../base/schema.ts';
import { isNumeric } from '../../model/bell.ts';
import type { ClusterConfig, NodeConfig } from '../../model/config.ts';
import { declaredGpus, type Gpu } from '../../model/gpu.ts';
import { isNodeName } from '../../model/ids.ts';
import { parseMemoryMb } from '../../model/memory.ts';
import type { NodeGpu, NodeRecord } from '../../model/node.ts';
import { formatVersion, mgpuVersion } from '../../model/version.ts';
import { type Wiring, wiringNameSchema } from '../../model/wiring.ts';
import type { GpuProbe } from '../../ports/gpus.ts';
import type { Logger } from '../../ports/logger.ts';
import { createGpuProbe } from '../../system/gpus/probe.ts';
import { readMachine } from '../../system/inventory.ts';
import { bootTime } from '../../system/load.ts';

/** What the daemon is told of its node instead of finding it out. */
export interface Declared {
  readonly nodeName?: string;
  /** `4`, `a100:4`. */
  readonly gpus?: string;
  readonly cpus?: number;
  readonly memory?: string;
  /** Where it listens for doorbells; 0: nowhere. */
  readonly port?: number;
  readonly rack?: string;
  readonly switch?: string;
}

export interface NodeFacts {
  readonly record: NodeRecord;
  /** Undefined where the GPUs are declared. */
  readonly gpuProbe: GpuProbe | undefined;
  /** Where it is to listen for doorbells; 0: nowhere; undefined: nobody said. */
  readonly port: number | undefined;
}

/** What `cluster.yaml` says, of which this node may be a part. */
interface DeclaredInFile {
  readonly config: ClusterConfig;
}

/**
 * What this node is: as declared on the command line, else in `cluster.yaml`, and as found for the rest.
 * Throws `DECLARED` for what cannot be.
 */
export async function nodeFacts(
  declared: Declared & DeclaredInFile,
  incarnation: string,
  logger: Logger,
): Promise<NodeFacts> {
  const machine = await readMachine();
  const name = declared.nodeName ?? nameOf(machine.hostName);
  if (!isNodeName(name)) {
    throw new MgpuError('DECLARED', `${name}: this cannot name a node`, {
      hint: 'give a name with --node-name',
    });
  }
  const entry = declared.config.nodes.find((one) => one.name === name);
  const memory = declared.memory === undefined ? entry?.memoryMb : declaredMemory(declared.memory);
  const { gpus, gpuProbe } = await gpusOf(declared.gpus, entry?.gpus, logger);
  const record: NodeRecord = {
    name,
    hostName: entry?.hostName ?? machine.hostName,
    addresses: addressesOf(entry, machine.addresses),
    bootId: machine.bootId,
    incarnation,
    ...cpusOf(declared.cpus, entry, machine),
    memoryMb: memory ?? machine.memoryMb,
    gpus: gpus.map(nodeGpu),
    architecture: machine.architecture,
    osRelease: [machine.osName, machine.osRelease, machine.osVersion].filter((word) => word !== '').join(' '),
    bootTime: bootTime(),
    version: mgpuVersion,
    format: formatVersion,
    ...(entry?.features !== undefined && { features: entry.features }),
    ...(entry?.weight !== undefined && { weight: entry.weight }),
    ...(entry?.tmpMb !== undefined && { tmpMb: entry.tmpMb }),
    ...wiringOf(declared),
  };
  return { record, gpuProbe, port: declared.port ?? entry?.port };
}

/** What was said counts; by a name alone nobody could be rung. */
function addressesOf(entry: NodeConfig | undefined, found: readonly string[]): readonly string[] {
  if (entry?.address === undefined) return found;
  return isNumeric(entry.address) ? [entry.address] : [entry.address, ...found];
}

/** What `cluster.yaml` says of it is asked for when it is needed: it may change meanwhile. */
function wiringOf({ rack, switch: own }: Declared): Wiring {
  for (const name of [rack, own]) {
    if (name === undefined || isFitting(wiringNameSchema, name)) continue;
    throw new MgpuError('DECLARED', `${name}: this cannot name a rack or a switch`, {
      hint: 'use letters, digits and _.-, 64 at most',
    });
  }
  return { ...(rack !== undefined && { rack }), ...(own !== undefined && { switch: own }) };
}

type Cpus = Pick<NodeRecord, 'cpus' | 'sockets' | 'coresPerSocket' | 'threadsPerCore'>;

/** What was said of CPUs last stands for all of it: a count alone says nothing of sockets. */
function cpusOf(count: number | undefined, entry: NodeConfig | undefined, machine: Cpus): Cpus {
  const { cpus = count, sockets, coresPerSocket, threadsPerCore } = count === undefined ? (entry ?? {}) : {};
  if (cpus === undefined) {
    const { cpus: own, ...parts } = machine;
    const isWhole = parts.sockets * parts.coresPerSocket * parts.threadsPerCore === own;
    const { sockets: a, coresPerSocket: b, threadsPerCore: c } = parts;
    return isWhole ? { cpus: own, sockets: a, coresPerSocket: b, threadsPerCore: c } : flat(own);
  }
  if (sockets === undefined || coresPerSocket === undefined || threadsPerCore === undefined)
    return flat(cpus);
  return { cpus, sockets, coresPerSocket, threadsPerCore };
}

function flat(cpus: number): Cpus {
  return { cpus, sockets: 1, coresPerSocket: cpus, threadsPerCore: 1 };
}

interface NodeGpus {
  readonly gpus: readonly Gpu[];
  readonly gpuProbe: GpuProbe | undefined;
}

/**
 * GPUs of the command line are declared and not looked for. Where the file declares as many as this machine
 * has, they are those, under the types of the file.
 */
async function gpusOf(
  own: string | undefined,
  inFile: string | undefined,
  logger: Logger,
): Promise<NodeGpus> {
  if (own !== undefined) return { gpus: declaredGpus(own), gpuProbe: undefined };
  const gpuProbe = createGpuProbe();
  const found = await foundGpus(gpuProbe, logger);
  if (inFile === undefined) return { gpus: found, gpuProbe };
  const said = declaredGpus(inFile);
  if (said.length !== found.length || said.length === 0) {
    if (found.length > 0) {
      logger.warn('cluster.yaml declares other GPUs than this machine has', {
        said: inFile,
        has: found.length,
      });
    }
    return { gpus: said, gpuProbe: undefined };
  }
  return { gpus: found.map((gpu, at) => ({ ...gpu, type: said[at]?.type || gpu.type })), gpuProbe };
}

function nameOf(hostName: string): string {
  return hostName.split('.')[0] ?? hostName;
}

async function foundGpus(probe: GpuProbe, logger: Logger): Promise<readonly Gpu[]> {
  const { gpus, source, problems, ignored } = await probe.inventory();
  for (const problem of problems) logger.warn(`GPU probe: ${problem}`);
  logger.info('GPUs found', { source, count: gpus.length, ignored });
  return gpus;
}

function nodeGpu({ index, type, model, vendor, uuid, memoryMb }: Gpu): NodeGpu {
  return {
    index,
    type,
    model,
    vendor,
    ...(uuid !== undefined && { uuid }),
    ...(memoryMb !== undefined && { memoryMb }),
  };
}

function declaredMemory(text: string): number {
  const memoryMb = parseMemoryMb(text);
  if (memoryMb === undefined || memoryMb < 1) {
    throw new MgpuError('DECLARED', `${text}: this is no amount of memory`, {
      hint: 'write --memory 64G, or in MiB',
    });
  }
  return memoryMb;
}

import { MgpuError } from '../../base/error.ts';
import { declaredGpus, type Gpu } from '../../model/gpu.ts';
import { isNodeName } from '../../model/ids.ts';
import { parseMemoryMb } from '../../model/memory.ts';
import type { NodeGpu, NodeRecord } from '../../model/node.ts';
import { formatVersion, mgpuVersion } from '../../model/version.ts';
import type { GpuProbe } from '../../ports/gpus.ts';
import type { Logger } from '../../ports/logger.ts';
import { createGpuProbe } from '../../system/gpus/probe.ts';
import { readMachine } from '../../system/inventory.ts';

/** What the daemon is told of its node instead of finding it out. */
export interface Declared {
  readonly nodeName?: string;
  /** `4`, `a100:4`. */
  readonly gpus?: string;
  readonly cpus?: number;
  readonly memory?: string;
}

export interface NodeFacts {
  readonly record: NodeRecord;
  /** Undefined where the GPUs are declared. */
  readonly gpuProbe: GpuProbe | undefined;
}

/** What this node is: as declared, and as found for the rest. Throws `DECLARED` for what cannot be. */
export async function nodeFacts(declared: Declared, incarnation: string, logger: Logger): Promise<NodeFacts> {
  const machine = await readMachine();
  const name = declared.nodeName ?? nameOf(machine.hostName);
  if (!isNodeName(name)) {
    throw new MgpuError('DECLARED', `${name}: this cannot name a node`, {
      hint: 'give a name with --node-name',
    });
  }
  const gpuProbe = declared.gpus === undefined ? createGpuProbe() : undefined;
  const gpus = gpuProbe ? await foundGpus(gpuProbe, logger) : declaredGpus(declared.gpus ?? '');
  const cpus = declared.cpus ?? machine.cpus;
  const isWhole =
    declared.cpus === undefined && machine.sockets * machine.coresPerSocket * machine.threadsPerCore === cpus;
  const record: NodeRecord = {
    name,
    hostName: machine.hostName,
    addresses: machine.addresses,
    bootId: machine.bootId,
    incarnation,
    cpus,
    sockets: isWhole ? machine.sockets : 1,
    coresPerSocket: isWhole ? machine.coresPerSocket : cpus,
    threadsPerCore: isWhole ? machine.threadsPerCore : 1,
    memoryMb: declared.memory === undefined ? machine.memoryMb : declaredMemory(declared.memory),
    gpus: gpus.map(nodeGpu),
    architecture: machine.architecture,
    osRelease: machine.osRelease,
    version: mgpuVersion,
    format: formatVersion,
  };
  return { record, gpuProbe };
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

import { isMgpuError } from '../base/error.ts';
import { fail, int, type Schema, text } from '../base/schema.ts';
import { parsePort } from './bell.ts';
import type { NodeConfig } from './config.ts';
import { declaredGpus } from './gpu.ts';
import { parseHostlist } from './hostlist.ts';
import { isNodeName } from './ids.ts';
import { limits } from './limits.ts';
import { wiringNameSchema } from './wiring.ts';
import { faultAt, memory, names, type Place, readItems, readWords, type Words } from './words.ts';

/** What an item of the section `nodes` says: of one node, or of several that are alike. */
interface NodeItem extends Omit<NodeConfig, 'name' | 'hostName' | 'address' | 'port'> {
  readonly nodes: readonly string[];
  readonly hostNames: readonly string[];
  readonly addresses: readonly string[];
  readonly ports: readonly string[];
  readonly gres: string;
  readonly gpuCount: number;
  readonly gpuType: string;
}

const cpus = int(1, limits.cpusPerNode);

const hosts: Schema<readonly string[]> = (value) => {
  const list = parseHostlist(names(value).join(','));
  return list !== undefined && list.length > 0 ? list : fail('a host name, or a list such as gpu[01-03]');
};

const nodeNames: Schema<readonly string[]> = (value) => {
  const list = hosts(value);
  return list.every(isNodeName) && list.length <= limits.nodesPerJob
    ? list
    : fail(`at most ${limits.nodesPerJob} names of nodes`);
};

/** As `mgpud --gpus` takes it. */
const gpus: Schema<string> = (value) => {
  const said = typeof value === 'number' ? String(value) : text(limits.nameLength)(value);
  try {
    declaredGpus(said);
    return said;
  } catch (error) {
    if (!isMgpuError(error, 'GPUS_DECLARED')) throw error;
    return fail('GPUs such as 4, a100:4 or a100:2,v100:2');
  }
};

/** Slurm's way to say it, of which there is no other kind here. */
const gres: Schema<string> = (value) => {
  const items = names(value);
  const isOfGpus = items.every((item) => item.startsWith('gpu:'));
  return isOfGpus ? gpus(items.map((item) => item.slice(4)).join(',')) : fail('GPUs such as gpu:a100:4');
};

const type: Schema<string> = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(value) ? value : fail('a type such as a100');

/** As Slurm has it, what a job may ask for with --constraint. */
const features: Schema<readonly string[]> = (value) => {
  const list = names(value);
  return list.every((one) => /^[A-Za-z0-9_.:=/@+-]+$/.test(one)) && list.length <= 256
    ? list
    : fail('at most 256 features of letters, digits and _.:=/@+-');
};

/** A port or `none` for all, or as many as there are nodes: `27101`, `[27101-27104]`. */
const ports: Schema<readonly string[]> = (value) => {
  const words = (Array.isArray(value) ? value : [value]).map((word: unknown) =>
    /^\d+-\d+$/.test(String(word)) ? `[${word}]` : typeof word === 'number' ? String(word) : word,
  );
  const list = hosts(words);
  return list.every((word) => parsePort(word) !== undefined)
    ? list
    : fail('UDP ports such as 27101 or [27101-27104], or none');
};

/** A number may be a name too. */
const wiringName: Schema<string> = (value) =>
  wiringNameSchema(typeof value === 'number' ? String(value) : value);

const nodeWords: Words<NodeItem> = {
  cores_per_socket: ['coresPerSocket', cpus],
  cpus: ['cpus', cpus],
  features: ['features', features],
  gpu_count: ['gpuCount', int(0, limits.gpusPerNode)],
  gpu_type: ['gpuType', type],
  gpus: ['gpus', gpus],
  gres: ['gres', gres],
  hostname: ['hostNames', hosts],
  ip: ['addresses', hosts],
  memory: ['memoryMb', (value) => memory(value) || fail('at least 1 MiB of memory')],
  node_id: ['nodes', nodeNames],
  port: ['ports', ports],
  rack: ['rack', wiringName],
  sockets: ['sockets', cpus],
  switch: ['switch', wiringName],
  threads_per_core: ['threadsPerCore', cpus],
  tmp: ['tmpMb', memory],
  weight: ['weight', int(0, 2 ** 32 - 1)],
};

/** The section `nodes`, in its order; a `node_id` may be a list of nodes that are alike. */
export function readNodes(value: unknown, at: Place): readonly NodeConfig[] {
  const known = new Set<string>();
  const groups = readItems(value, at, (item, place) => {
    const { nodes, hostNames, addresses, ports: portWords, ...said } = readWords(item, nodeWords, place);
    if (nodes === undefined) throw faultAt(place, 'a node needs a node_id');
    const common = { ...cpusOf(said, place), ...gpusOf(said, place) };
    return nodes.map((name: string, index: number): NodeConfig => {
      if (known.has(name)) throw faultAt(place, `node ${name} is declared twice`);
      known.add(name);
      const hostName = nth(hostNames, index, nodes.length, place);
      const address = nth(addresses, index, nodes.length, place);
      const port = parsePort(nth(portWords, index, nodes.length, place));
      return {
        name,
        ...(hostName !== undefined && { hostName }),
        ...(address !== undefined && { address }),
        ...(port !== undefined && { port }),
        ...common,
      };
    });
  });
  if (known.size > limits.nodesPerJob) throw faultAt(at, `more than ${limits.nodesPerJob} nodes`);
  return groups.flat();
}

/** Of a list one for each node, or one that is for all. */
function nth(
  list: readonly string[] | undefined,
  index: number,
  count: number,
  place: Place,
): string | undefined {
  if (list === undefined || list.length === 1) return list?.[0];
  if (list.length !== count)
    throw faultAt(place, `hostname, ip and port: expected one, or ${count} as of node_id`);
  return list[index];
}

type Said = Partial<NodeItem>;

/** Parts that contradict each other are refused; one that is missing follows from the others. */
function cpusOf(said: Said, place: Place): Omit<Said, 'gpus' | 'gres' | 'gpuCount' | 'gpuType'> {
  const { gpus: _gpus, gres: _gres, gpuCount: _count, gpuType: _type, ...rest } = said;
  const { cpus: count, coresPerSocket = 1, threadsPerCore = 1 } = rest;
  if (rest.sockets === undefined && rest.coresPerSocket === undefined && rest.threadsPerCore === undefined) {
    return rest;
  }
  const perSocket = coresPerSocket * threadsPerCore;
  const sockets = rest.sockets ?? Math.max(1, Math.floor((count ?? 1) / perSocket));
  const [cores, whole] = [sockets * coresPerSocket, sockets * perSocket];
  if (count !== undefined && count !== whole && count !== cores) {
    const parts = `the sockets have ${cores} cores and ${whole} threads`;
    throw faultAt(place, `cpus: ${count}, but ${parts}`);
  }
  return { ...rest, cpus: count ?? whole, sockets, coresPerSocket, threadsPerCore };
}

/** One of three ways to say it. */
function gpusOf(
  { gpus: own, gres: slurms, gpuCount, gpuType }: Said,
  place: Place,
): Pick<NodeConfig, 'gpus'> {
  const counted =
    gpuCount === undefined ? undefined : `${gpuType === undefined ? '' : `${gpuType}:`}${gpuCount}`;
  if (counted === undefined && gpuType !== undefined) throw faultAt(place, 'gpu_type needs a gpu_count');
  const ways = [own, slurms, counted].filter((way) => way !== undefined);
  if (ways.length > 1) throw faultAt(place, 'gpus, gres and gpu_count: one of them says it');
  return ways[0] === undefined ? {} : { gpus: ways[0] };
}

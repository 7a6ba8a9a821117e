import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type ClusterFile, clusterFileOf } from '../../src/model/clusterfile.ts';
import type { NodeAdmin } from '../../src/model/node.ts';
import type { ClusterView } from '../../src/services/view.ts';
import { gpu, node, now, running, share, view } from './builders.ts';

/** The cluster of the captures as declared, for tests of what is printed of it. */

const declared: ClusterFile = clusterFileOf(
  parse(readFileSync('test/data/slurm-cluster.yaml', 'utf8')),
  () => 'slurm-cluster.yaml',
);

const a100s = [0, 1, 2, 3].map((index) => gpu(index));
const v100s = [0, 1].map((index) => gpu(index, { type: 'v100' }));
const shape = { hostName: 'vm', addresses: ['127.0.0.1'] };
const records = {
  gpu01: { ...shape, gpus: a100s, features: ['a100', 'nvlink'] },
  gpu02: { ...shape, gpus: a100s, features: ['a100'] },
  gpu03: { ...shape, gpus: v100s, features: ['v100'], cpus: 4, sockets: 1, memoryMb: 16_000 },
  cpu01: { ...shape, features: ['cpu'], sockets: 1, threadsPerCore: 2, memoryMb: 16_000 },
};

/** With the jobs of the captures, unless it is idle; what is said of nodes is in `admins`. */
export function declaredView(
  admins: Readonly<Record<string, NodeAdmin>> = {},
  { isIdle = false }: { readonly isIdle?: boolean } = {},
): ClusterView {
  const nodes = Object.entries(records).map(([name, record]) => {
    const admin = admins[name];
    return node(name, record, admin === undefined ? {} : { admin });
  });
  const jobs = [
    running(335, { shares: [share('cpu01', { cpus: 6, memoryMb: 6000 })] }),
    running(336, {
      shares: [
        share('gpu01', { cpus: 3, memoryMb: 3000, gpus: [0, 1, 2, 3] }),
        share('gpu02', { cpus: 1, memoryMb: 1000, gpus: [0, 1, 2, 3] }),
      ],
    }),
  ];
  const shown = view(nodes, isIdle ? [] : jobs);
  return { ...shown, clusterName: 'lab', cluster: { ...shown.cluster, format: 3, config: declared.config } };
}

/** A reason that root gave when the clock of the tests stood. */
export function because(text: string): Pick<NodeAdmin, 'reason'> {
  return { reason: { text, uid: 0, time: now } };
}

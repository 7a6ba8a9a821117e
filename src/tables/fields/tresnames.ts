import type { Node } from '../../model/node.ts';

const plain = ['cpu', 'mem', 'energy', 'node', 'billing', 'fs/disk', 'vmem', 'pages'];

/** The names of what is counted: Slurm's own, and the GPUs of the nodes by their types. */
export function tresNames(nodes: Iterable<Node>): {
  readonly plain: readonly string[];
  readonly gres: readonly string[];
} {
  const types = new Set([...nodes].flatMap(({ record }) => record.gpus.map((gpu) => gpu.type)));
  const typed = [...types].filter((type) => type !== '').sort();
  return { plain, gres: ['gres/gpu', ...typed.map((type) => `gres/gpu:${type}`)] };
}

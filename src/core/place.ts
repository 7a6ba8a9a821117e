import type { NodeShare } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Free, type NodeFree, shareFor } from './free.ts';
import { type NodeNeed, needsOf, nodeCountMin } from './needs.ts';

/**
 * Nodes for a whole job among what is free, or undefined. `whole` is what the nodes have in all. Fill first:
 * of the nodes that fit, those with the fewest free GPUs and then CPUs are taken, so that large holes stay
 * whole.
 */
export function place(spec: JobSpec, free: Free, whole: Free): readonly NodeShare[] | undefined {
  const allowed = [...free.values()].filter((node) => !spec.exclude?.includes(node.name));
  const most = Math.min(spec.nodes.max, allowed.length);
  for (let count = nodeCountMin(spec); count <= most; count += 1) {
    const shares = placeOn(spec, needsOf(spec, count), allowed, whole);
    if (shares !== undefined) return shares;
  }
  return undefined;
}

function placeOn(
  spec: JobSpec,
  needs: readonly NodeNeed[],
  allowed: readonly NodeFree[],
  whole: Free,
): readonly NodeShare[] | undefined {
  const asked = spec.nodelist ?? [];
  const must = asked.flatMap((name) => allowed.find((node) => node.name === name) ?? []);
  if (must.length < asked.length) return undefined;
  const rest = allowed.filter((node) => !asked.includes(node.name));
  const candidates = [...must, ...rest.sort(fillFirst)];
  const shares: NodeShare[] = [];
  const taken = new Set<string>();
  for (const need of needs) {
    const share = firstShare(candidates, taken, need, whole);
    if (share === undefined) return undefined;
    taken.add(share.node);
    shares.push(share);
  }
  if (must.some((node) => !taken.has(node.name))) return undefined;
  return shares;
}

function firstShare(
  candidates: readonly NodeFree[],
  taken: ReadonlySet<string>,
  need: NodeNeed,
  whole: Free,
): NodeShare | undefined {
  for (const node of candidates) {
    if (taken.has(node.name)) continue;
    const share = shareFor(node, need, whole.get(node.name) ?? node);
    if (share !== undefined) return share;
  }
  return undefined;
}

function fillFirst(a: NodeFree, b: NodeFree): number {
  return a.gpus.length - b.gpus.length || a.cpus - b.cpus || (a.name < b.name ? -1 : 1);
}

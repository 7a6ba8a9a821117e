import type { PartitionReader } from '../../model/partition.ts';
import type { ClusterView } from '../../services/view.ts';

/** The user of this process; his groups where they are wanted. */
export async function readerOf(withGroups: boolean): Promise<PartitionReader> {
  const uid = process.geteuid?.() ?? 0;
  if (!withGroups || uid === 0) return { uid, groups: [] };
  const { ownGroups } = await import('../../system/user.ts');
  return { uid, groups: await ownGroups() };
}

/** The view with the names of those who took nodes out of use. */
export async function withReasonUsers(view: ClusterView): Promise<ClusterView> {
  const { nodes, absentNodes } = view.cluster;
  const admins = [...[...nodes.values()].map(({ admin }) => admin), ...absentNodes.values()];
  const uids = new Set(admins.flatMap((admin) => admin?.reason?.uid ?? []));
  if (uids.size === 0) return view;
  const { userNameOf } = await import('../../system/user.ts');
  const userNames = new Map<number, string>();
  for (const uid of uids) userNames.set(uid, await userNameOf(uid));
  return { ...view, userNames };
}

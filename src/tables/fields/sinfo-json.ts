import { activeFeaturesOf, featuresOf, weightOf } from '../../model/node.ts';
import { slurmVersion } from '../../model/version.ts';
import type { JsonField } from '../json.ts';
import { addressOf, gresText, gresUsedText } from './nodegroup.ts';
import { downReason, flagsOf, nodeState, type UsedNode } from './nodestate.ts';
import { nodeTresText } from './nodetres.ts';

/** A node as --json and --yaml tell of it. */
export interface NodeItem {
  readonly used: UsedNode;
  readonly partitions: readonly string[];
  /** When something last ran there. */
  readonly lastBusy: number;
}

/** Slurm's fields of a node in Slurm's order (as observed of 22.05.8). */
export const sinfoJsonFields: readonly JsonField<NodeItem>[] = [
  { name: 'architecture', get: ({ used }) => used.node.record.architecture },
  { name: 'burstbuffer_network_address', get: () => '' },
  { name: 'boards', get: ({ used }) => used.node.record.boards ?? 1 },
  { name: 'boot_time', get: ({ used }) => used.node.record.bootTime ?? 0 },
  { name: 'comment', get: ({ used }) => used.node.admin?.comment ?? '' },
  { name: 'cores', get: ({ used }) => used.node.record.coresPerSocket },
  { name: 'cpu_binding', get: () => 0 },
  { name: 'cpu_load', get: ({ used }) => used.load?.cpuLoad ?? unknown32 },
  { name: 'extra', get: ({ used }) => used.node.admin?.extra ?? '' },
  { name: 'free_memory', get: ({ used }) => used.load?.freeMemoryMb ?? unknown64 },
  { name: 'cpus', get: ({ used }) => used.node.record.cpus },
  { name: 'last_busy', get: ({ lastBusy }) => lastBusy },
  { name: 'features', get: ({ used }) => featuresOf(used.node).join(',') },
  { name: 'active_features', get: ({ used }) => activeFeaturesOf(used.node).join(',') },
  { name: 'gres', get: ({ used }) => (used.node.record.gpus.length === 0 ? '' : gresText(used.node)) },
  { name: 'gres_drained', get: () => 'N/A' },
  { name: 'gres_used', get: ({ used }) => gresUsedText(used) },
  { name: 'mcs_label', get: () => '' },
  { name: 'name', get: ({ used }) => used.node.record.name },
  { name: 'next_state_after_reboot', get: () => 'invalid' },
  { name: 'address', get: ({ used }) => addressOf(used.node) },
  { name: 'hostname', get: ({ used }) => used.node.record.hostName },
  { name: 'state', get: ({ used }) => nodeState(used).base.toLowerCase() },
  { name: 'state_flags', get: ({ used }) => flagsOf(nodeState(used)) },
  { name: 'next_state_after_reboot_flags', get: () => [] },
  { name: 'operating_system', get: ({ used }) => used.node.record.osRelease },
  { name: 'owner', get: () => null },
  { name: 'partitions', get: ({ partitions }) => partitions },
  { name: 'port', get: ({ used }) => used.node.record.port ?? 0 },
  { name: 'real_memory', get: ({ used }) => used.node.record.memoryMb },
  { name: 'reason', get: ({ used }) => downReason(used)?.text ?? '' },
  { name: 'reason_changed_at', get: ({ used }) => downReason(used)?.time ?? 0 },
  { name: 'reason_set_by_user', get: ({ used }) => downReason(used)?.user ?? null },
  { name: 'slurmd_start_time', get: ({ used }) => used.node.registered },
  { name: 'sockets', get: ({ used }) => used.node.record.sockets },
  { name: 'threads', get: ({ used }) => used.node.record.threadsPerCore },
  { name: 'temporary_disk', get: ({ used }) => used.node.record.tmpMb ?? 0 },
  { name: 'weight', get: ({ used }) => weightOf(used.node) },
  { name: 'tres', get: ({ used }) => nodeTresText(used, 'configured') },
  { name: 'slurmd_version', get: ({ used }) => (used.isAbsent === true ? '' : slurmVersion) },
  { name: 'alloc_memory', get: ({ used }) => used.use.memoryMb },
  { name: 'alloc_cpus', get: ({ used }) => used.use.cpus },
  { name: 'idle_cpus', get: ({ used }) => used.node.record.cpus - used.use.cpus },
  { name: 'tres_used', get: ({ used }) => nodeTresText(used, 'allocated') || null },
  { name: 'tres_weighted', get: () => ({ fraction: 0 }) },
];

/** What Slurm prints where it has no value. */
const unknown32 = 0xffff_fffe;
const unknown64 = 18_446_744_073_709_552_000;

import { printable } from '../../base/text.ts';
import { formatDuration, formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { Reservation } from '../../model/reservation.ts';
import type { ClusterView } from '../../services/view.ts';
import { orNull } from '../../tables/fields/jobvalues.ts';
import type { UsedNode } from '../../tables/fields/nodestate.ts';

/** The lines of `scontrol show reservation`, with Slurm's keys in Slurm's order (as observed of 22.05.8). */
export function reservationPage(
  reservation: Reservation,
  { now, utcOffsetMinutes }: ClusterView,
  used: ReadonlyMap<string, UsedNode>,
): readonly string[] {
  const { name, startTime, endTime, nodes, features, partition, flags = [] } = reservation;
  const { users = [], groups = [], accounts = [] } = reservation;
  const time = (seconds: number): string => formatTimestamp(seconds, utcOffsetMinutes);
  const records = nodes.flatMap((node) => used.get(node)?.node.record ?? []);
  const cores = records.reduce((sum, one) => sum + one.sockets * one.coresPerSocket, 0);
  const cpus = records.reduce((sum, one) => sum + one.cpus, 0);
  const times = `StartTime=${time(startTime)} EndTime=${time(endTime)}`;
  const where = `Nodes=${formatHostlist(nodes)} NodeCnt=${nodes.length} CoreCnt=${cores}`;
  const what = `Features=${orNull(features ?? '')} PartitionName=${orNull(partition ?? '')}`;
  const who = `Users=${orNull(users.join(','))} Groups=${orNull(groups.join(','))}`;
  const owned = `Accounts=${orNull(accounts.join(','))} Licenses=(null)`;
  const state = startTime <= now && now < endTime ? 'ACTIVE' : 'INACTIVE';
  return [
    `ReservationName=${name} ${times} Duration=${formatDuration(endTime - startTime, 'scontrol')}`,
    `${where} ${what} Flags=${flags.join(',')}`,
    `TRES=cpu=${cpus}`,
    `${who} ${owned} State=${state} BurstBuffer=(null) Watts=n/a`,
    'MaxStartDelay=(null)',
  ].map(printable);
}

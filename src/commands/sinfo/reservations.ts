import { printable } from '../../base/text.ts';
import { formatDuration, formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { ClusterView } from '../../services/view.ts';

/** The lines of `sinfo -T` (widths as observed of 22.05.8); none where there is no reservation. */
export function reservationLines(view: ClusterView, hasHead: boolean): readonly string[] {
  const { cluster, now, utcOffsetMinutes } = view;
  const all = [...cluster.reservations.values()].filter(({ endTime }) => endTime > now);
  const width = Math.max(9, ...all.map(({ name }) => name.length));
  const line = (cells: readonly string[]): string => {
    const [name = '', state = '', start = '', end = '', length = '', nodes = ''] = cells;
    const times = `${start.padStart(19)}  ${end.padStart(19)}  ${length.padStart(11)}`;
    return `${name.padEnd(width)}  ${state.padStart(8)}  ${times}  ${nodes}`;
  };
  const lines = all.map(({ name, startTime, endTime, nodes }) =>
    line([
      printable(name),
      startTime <= now ? 'ACTIVE' : 'INACTIVE',
      formatTimestamp(startTime, utcOffsetMinutes),
      formatTimestamp(endTime, utcOffsetMinutes),
      formatDuration(endTime - startTime, 'scontrol'),
      formatHostlist(nodes),
    ]),
  );
  const head = line(['RESV_NAME', 'STATE', 'START_TIME', 'END_TIME', 'DURATION', 'NODELIST']);
  return hasHead ? [head, ...lines] : lines;
}

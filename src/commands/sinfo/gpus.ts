import { padRight, printable, textWidth } from '../../base/text.ts';
import { shownJobId } from '../../model/job.ts';
import { formatMemory } from '../../model/memory.ts';
import { isOutOfUse, type NodeGpu } from '../../model/node.ts';
import type { ClusterView } from '../../services/view.ts';
import { type UsedNode, usedNodes } from '../../tables/fields/nodestate.ts';
import type { Colour, Paint } from '../../tables/format.ts';
import { isNamed, type NodeFilter, shownPartitions } from './groups.ts';

/** A GPU and whose it is. */
interface GpuLine {
  readonly used: UsedNode;
  readonly gpu: NodeGpu;
}

interface GpuColumn {
  readonly head: string;
  readonly get: (line: GpuLine) => string;
  readonly colour?: (line: GpuLine) => Colour | undefined;
}

/** The columns of `sinfo --gpus`; in each, `-` stands for nothing to tell. */
const columns: readonly GpuColumn[] = [
  { head: 'NODE', get: ({ used }) => used.node.record.name },
  { head: 'GPU', get: ({ gpu }) => String(gpu.index) },
  { head: 'TYPE', get: ({ gpu }) => gpu.type },
  { head: 'MODEL', get: ({ gpu }) => gpu.model },
  { head: 'MEMORY', get: ({ gpu }) => (gpu.memoryMb === undefined ? '' : formatMemory(gpu.memoryMb)) },
  { head: 'STATE', get: stateText, colour: (line) => stateColours[stateText(line)] },
  { head: 'JOB', get: (line) => jobText(line) },
  { head: 'USER', get: ({ used, gpu }) => used.use.gpus.get(gpu.index)?.spec.user ?? '' },
  { head: 'HEALTH', get: healthText, colour: (line) => healthColours[healthText(line)] },
  { head: 'REASON', get: (line) => troubleOf(line)?.reason ?? '' },
];

const stateColours: Readonly<Record<string, Colour>> = {
  alloc: 'yellow',
  busy: 'red',
  down: 'red',
  drain: 'red',
  idle: 'green',
};
const healthColours: Readonly<Record<string, Colour>> = { failed: 'red', ok: 'green', unknown: 'yellow' };

/** Whether the GPU may be claimed, and if not why: `busy` is in use by a process that is not of a job. */
function stateText(line: GpuLine): string {
  const { used, gpu } = line;
  if (used.node.presence !== 'up') return 'down';
  if (used.use.gpus.has(gpu.index)) return 'alloc';
  const kind = troubleOf(line)?.kind;
  if (isOutOfUse(used.node.admin)) return 'drain';
  if (kind === undefined) return 'idle';
  return kind === 'busy' ? 'busy' : 'down';
}

function healthText(line: GpuLine): string {
  const kind = troubleOf(line)?.kind;
  if (line.used.node.presence === 'lost') return 'unknown';
  return kind === undefined || kind === 'busy' ? 'ok' : kind;
}

function jobText({ used, gpu }: GpuLine): string {
  const job = used.use.gpus.get(gpu.index);
  return job === undefined ? '' : shownJobId(job);
}

function troubleOf({ used, gpu }: GpuLine) {
  return used.node.gpuTroubles.find((trouble) => trouble.index === gpu.index);
}

/** The heads and the cells of every GPU, in the order of nodes and indices. */
export interface GpuTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function gpuTable(view: ClusterView, filter: NodeFilter, paint?: Paint): GpuTable {
  const used = usedNodes(view);
  const names = new Set(shownPartitions(view, filter).flatMap(({ nodes }) => nodes));
  const lines = [...names]
    .filter((name) => isNamed(name, filter))
    .flatMap((name) => used.get(name) ?? [])
    .flatMap((one) => one.node.record.gpus.map((gpu) => ({ used: one, gpu })));
  const rows = lines.map((line) => columns.map((column) => cellText(column, line, paint)));
  return { head: columns.map(({ head }) => head), rows };
}

function cellText({ get, colour }: GpuColumn, line: GpuLine, paint: Paint | undefined): string {
  const text = printable(get(line)) || '-';
  const wanted = paint && colour?.(line);
  return paint && wanted ? paint(wanted, text) : text;
}

/**
 * The table as lines for scripts: columns two blanks apart, as wide as their longest text, so that blanks
 * within a model's name or a reason are single ones.
 */
export function plainLines({ head, rows }: GpuTable, hasHead: boolean): readonly string[] {
  const lines = (hasHead ? [head, ...rows] : rows).map((cells) =>
    cells.map((cell) => cell.replace(/ {2,}/g, ' ')),
  );
  const widths = head.map((_, index) => Math.max(0, ...lines.map((cells) => textWidth(cells[index] ?? ''))));
  return lines.map((cells) =>
    cells
      .map((cell, index) => (index < cells.length - 1 ? padRight(cell, widths[index] ?? 0) : cell))
      .join('  '),
  );
}

import { parseHostlist } from '../../model/hostlist.ts';
import { type Failed, failed, type OptionRow, ok, type RefusedRow } from '../row.ts';
import { without } from './common.ts';
import { freeText, type Parser } from './parsers.ts';
import { flag, take } from './refused/forms.ts';

/** What squeue, sinfo, scancel and scontrol have in common. */

interface ListingValues {
  readonly all?: boolean;
  readonly local?: boolean;
  readonly long?: boolean;
  readonly noheader?: boolean;
}

/** Which partitions are looked at: none is hidden here. */
export const allRow = {
  long: 'all',
  short: 'a',
  arg: 'none',
  key: 'all',
  value: true,
  env: { squeue: ['SQUEUE_ALL'], sinfo: ['SINFO_ALL'], scontrol: ['SCONTROL_ALL'] },
  help: 'all partitions, hidden ones too',
} as const satisfies OptionRow<ListingValues>;

export const localRow = {
  long: 'local',
  arg: 'none',
  key: 'local',
  value: true,
  env: { squeue: ['SQUEUE_LOCAL'], sinfo: ['SINFO_LOCAL'], scontrol: ['SCONTROL_LOCAL'] },
  help: 'this cluster alone; there is no other',
} as const satisfies OptionRow<ListingValues>;

export const longRow = {
  long: 'long',
  short: 'l',
  arg: 'none',
  key: 'long',
  value: true,
  help: 'more columns',
} as const satisfies OptionRow<ListingValues>;

export const noheaderRow = {
  long: 'noheader',
  short: 'h',
  arg: 'none',
  key: 'noheader',
  value: true,
  help: 'no line of headings',
} as const satisfies OptionRow<ListingValues>;

export const clustersRow: RefusedRow = {
  ...take('clusters', 'names', 'other clusters'),
  short: 'M',
  aliases: ['cluster'],
  refused: without('other clusters'),
};

/** This cluster by its name; others are refused in Slurm's words when the name is known. */
export const clusterRow = {
  long: 'clusters',
  short: 'M',
  aliases: ['cluster'],
  arg: 'required',
  metavar: 'name',
  key: 'clusters',
  parse: freeText,
  env: { squeue: ['SLURM_CLUSTERS'], sinfo: ['SLURM_CLUSTERS'], scancel: ['SLURM_CLUSTERS'] },
  help: 'this cluster, by its name; there is no other',
} as const satisfies OptionRow<{ readonly clusters?: string }>;

/** Slurm's complaint where a cluster is named that is not this one (as observed); else undefined. */
export function clusterComplaint(
  asked: string | undefined,
  own: string,
  program: string,
): readonly string[] | undefined {
  const name = asked?.split(',').find((one) => one !== '' && one !== own && one !== 'all');
  if (name === undefined) return undefined;
  const hint = "Use 'sacctmgr list clusters' to see available clusters.";
  return [
    `${program}: error: No cluster '${name}' known by database.`,
    `${program}: error: '${name}' can't be reached now, or it is an invalid entry for --cluster.  ${hint}`,
  ];
}

export const federationRow: RefusedRow = {
  ...flag('federation', 'all clusters together'),
  refused: without('other clusters'),
  env: { squeue: ['SQUEUE_FEDERATION'], sinfo: ['SINFO_FEDERATION'], scontrol: ['SCONTROL_FEDERATION'] },
};

/** What sinfo and scontrol refuse. */
export const refusedListingRows = [
  clustersRow,
  federationRow,
  flag('hide', 'no hidden partitions'),
] satisfies readonly RefusedRow[];

/** Nodes to look at, as a hostlist. */
export const listedNodes: Parser<readonly string[]> = (text, { program }) => {
  const names = parseHostlist(text);
  return names === undefined ? failed(1, `${program}: error: Invalid node name ${text}`) : ok(names);
};

interface Layout {
  readonly format?: string;
  readonly long?: boolean;
}

/** The complaint about a command line that asks for both a format and the long one. */
export function formatFault({ format, long }: Layout, program: string): Failed | undefined {
  if (format === undefined || long !== true) return undefined;
  const what = 'Options -o(--format) and -l(--long) are mutually exclusive. Please remove one and retry.';
  return failed(1, `${program}: fatal: ${what}`);
}

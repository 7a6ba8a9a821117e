import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { slurmVersion } from '../../model/version.ts';
import type { ClusterView } from '../../services/view.ts';
import { type Columns, columnHeads, columnLine, parseColumns } from '../../tables/columns.ts';
import { type Entity, entities, type Record, userWithAssociations } from '../../tables/fields/sacctmgr.ts';
import { columnLayout } from '../../tables/options/columns.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSacctmgr, type SacctmgrValues, sacctmgrTable } from './options.ts';
import { recordsOf } from './records.ts';

/** What sacctmgr needs of the world. */
export interface SacctmgrDeps {
  view(spool: string | undefined): Promise<ClusterView>;
}

/** `sacctmgr`: shows what programs ask it for, and refuses the rest by name. */
export async function run(argv: readonly string[], io: CommandIo, deps: SacctmgrDeps): Promise<number> {
  const read = readSacctmgr(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sacctmgrTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const [verb = '', ...words] = read.operands;
  if (isBegunBy('list', verb, 2) || isBegunBy('show', verb, 2)) return show(words, read.values, io, deps);
  if (verb === 'version') {
    io.out(shownText('version', sacctmgrTable, io.program));
    return 0;
  }
  io.err(`${printable(refusalOf(verb))}\n`);
  return 1;
}

const changing = ['add', 'archive', 'clear', 'create', 'delete', 'dump', 'load', 'modify', 'reconfigure'];

function refusalOf(verb: string): string {
  if (verb === '') return 'sacctmgr: error: interactive use is not supported: say what to show';
  const known = changing.find((one) => isBegunBy(one, verb, 2));
  if (known === undefined) return `invalid keyword: ${verb}`;
  return `sacctmgr: error: ${known} is not supported: accounts are declared in cluster.yaml`;
}

function isBegunBy(word: string, text: string, lengthMin: number): boolean {
  return text.length >= lengthMin && word.startsWith(text.toLowerCase());
}

const noEntity = `No valid entity in list command
Input line must include "Account", "Association", "Cluster", "Configuration",
"Event", "Federation", "Problem", "QOS", "Resource", "Reservation",
"RunAwayJobs", "Stats", "Transaction", "TRES", "User", or "WCKey"
`;
/** Kinds of things that this release has nothing of. */
const otherKinds = ['federations', 'problems', 'stats', 'transactions'];

async function show(
  [kind = '', ...words]: readonly string[],
  values: SacctmgrValues,
  io: CommandIo,
  deps: SacctmgrDeps,
): Promise<number> {
  if (isBegunBy('configuration', kind, 3)) {
    io.out(configurationPage(await deps.view(values.spool)));
    return 0;
  }
  if (isBegunBy('runawayjobs', kind, 3)) {
    // What runs is told by its node, and what has ended cannot count as running.
    const { clusterName } = await deps.view(values.spool);
    io.out(`Runaway Jobs: No runaway jobs found on cluster ${printable(clusterName)}\n`);
    return 0;
  }
  const entity = entityOf(kind);
  if (entity === undefined) {
    const other = otherKinds.find((one) => isBegunBy(one, kind, 3));
    if (other === undefined) io.err(noEntity);
    else io.err(`sacctmgr: error: show ${other} is not supported by this release\n`);
    return 1;
  }
  const asked = askedOf(words, entity, values.associations === true);
  if ('fault' in asked) {
    io.err(asked.fault.map((line) => `${printable(line)}\n`).join(''));
    return 1;
  }
  const view = await deps.view(values.spool);
  const records = recordsOf(entity.name, view, asked.withAssociations).filter((one) => fits(one, asked));
  const layout = columnLayout(values);
  const heads = values.noheader === true ? [] : columnHeads(asked.columns, layout);
  const texts = [...heads, ...records.map((one) => columnLine(asked.columns, one, layout))];
  io.out(texts.map((text) => `${text}\n`).join(''));
  return 0;
}

/** Of the keys of Slurm's accounting those that mean something here; -n and -P change nothing in it. */
function configurationPage({ now, utcOffsetMinutes }: ClusterView): string {
  const rows = {
    AccountingStorageType: 'accounting_storage/mgpu',
    PrivateData: 'none',
    SLURM_VERSION: slurmVersion,
    TrackWCKey: 'No',
  };
  const lines = Object.entries(rows).map(([key, value]) => `${key.padEnd(22)} = ${value}\n`);
  return `Configuration data as of ${formatTimestamp(now, utcOffsetMinutes)}\n${lines.join('')}`;
}

function entityOf(kind: string): Entity | undefined {
  const wanted = kind.toLowerCase().replace(/s$/, '');
  const lengthMin = 3;
  return entities.find(({ name }) => {
    const own = name.toLowerCase().replace(/s$/, '');
    return wanted === own || isBegunBy(own, wanted, lengthMin);
  });
}

interface Asked {
  readonly columns: readonly Columns<Record>[];
  readonly withAssociations: boolean;
  /** Values of which one has to be there, by column. */
  readonly conditions: ReadonlyMap<string, readonly string[]>;
}

/** The words behind the kind: `where`, `format=`, `withassoc`, conditions as `user=alice`, or a bare name. */
function askedOf(
  words: readonly string[],
  entity: Entity,
  isWithAssociations: boolean,
): Asked | { readonly fault: readonly string[] } {
  const conditions = new Map<string, readonly string[]>();
  let withAssociations = isWithAssociations;
  let format: string | undefined;
  for (const word of words) {
    const [, key = '', text] = /^([^=]*?)(?:=(.*))?$/s.exec(word) ?? [];
    const lower = key.toLowerCase();
    if (text === undefined) {
      if (/^where$|^wo|^tree$|^withdeleted$|^withcoord|^onlydefaults$/.test(lower)) continue;
      if (isBegunBy('withassociations', lower, 5)) withAssociations = true;
      else conditions.set(entity.fields[0]?.name ?? '', word.split(','));
      continue;
    }
    if (isBegunBy('format', lower, 1)) format = text;
    else {
      const name = columnOf(lower, entity);
      if (name === undefined)
        return { fault: [` Unknown condition: ${word}`, " Use keyword 'set' to modify value"] };
      conditions.set(name, text.split(','));
    }
  }
  const isOfUsers = entity.name === 'User' && withAssociations;
  const columns = parseColumns(format ?? (isOfUsers ? userWithAssociations : entity.standard), entity.fields);
  if ('unknown' in columns) return { fault: [` Unknown field '${columns.unknown}'`] };
  return { ...columns, withAssociations, conditions };
}

/** The column that a condition is about: `users=`, `names=`, `cluster=`. */
function columnOf(key: string, entity: Entity): string | undefined {
  const first = entity.fields[0]?.name;
  const stem = key.replace(/s$/, '');
  if (stem !== '' && 'name'.startsWith(stem)) return first;
  return entity.fields.find(({ name }) => stem !== '' && name.toLowerCase().startsWith(stem))?.name;
}

function fits(record: Record, { conditions }: Asked): boolean {
  return [...conditions].every(([name, wanted]) => wanted.includes(record[name] ?? ''));
}

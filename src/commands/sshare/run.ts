import { printable } from '../../base/text.ts';
import { associationsOf } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import type { ClusterView } from '../../services/view.ts';
import { columnHeads, columnLine, columnNames, parseColumns } from '../../tables/columns.ts';
import { type ShareLine, sshareFields, sshareFormats } from '../../tables/fields/sshare.ts';
import { columnLayout } from '../../tables/options/columns.ts';
import { clusterComplaint } from '../../tables/options/listing.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSshare, type SshareValues, sshareTable } from './options.ts';

/** What sshare needs of the world. */
export interface SshareDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  readonly user: { readonly name: string };
}

/** `sshare`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SshareDeps): Promise<number> {
  const read = readSshare(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sshareTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values } = read;
  if (values.helpFormat === true) {
    io.out(
      columnNames(sshareFields)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  }
  const columns = parseColumns(formatOf(values), sshareFields);
  if ('unknown' in columns) {
    io.err(`sshare: error: Invalid field requested: "${printable(columns.unknown)}"\n`);
    return 1;
  }
  const view = await deps.view(values.spool);
  const foreign = clusterComplaint(values.clusters, view.clusterName, 'sshare');
  if (foreign !== undefined) {
    io.err(foreign.map((line) => `${printable(line)}\n`).join(''));
    return 1;
  }
  const layout = columnLayout(values);
  const heads = values.noheader === true ? [] : columnHeads(columns.columns, layout);
  const lines = shareLines(view, values, deps.user.name);
  const texts = [...heads, ...lines.map((line) => columnLine(columns.columns, line, layout))];
  io.out(texts.map((text) => `${text}\n`).join(''));
  return 0;
}

function formatOf({ format, long, partition }: SshareValues): string {
  return format ?? sshareFormats[long === true ? 'long' : partition === true ? 'partition' : 'standard'];
}

/** Accounts with their users below them; of the users only oneself, unless more are asked for. */
function shareLines(
  { cluster, clusterName }: ClusterView,
  { accounts, all, users, usersOnly }: SshareValues,
  self: string,
): readonly ShareLine[] {
  const isShown = (user: string): boolean => all === true || (users ?? [self]).includes(user);
  return associationsOf(configOf(cluster)).flatMap(({ account, user }): readonly ShareLine[] => {
    if (accounts !== undefined && !accounts.includes(account)) return [];
    if (user === undefined ? usersOnly === true : !isShown(user)) return [];
    const below = user === undefined ? 0 : 1;
    const isBelowRoot = account !== 'root' && accounts === undefined;
    const depth = usersOnly === true ? 0 : below + (isBelowRoot ? 1 : 0);
    return [{ account, depth, clusterName, ...(user !== undefined && { user }) }];
  });
}

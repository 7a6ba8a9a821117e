import type { Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import { readCommand } from '../../tables/precedence.ts';
import { shownText } from '../../tables/shown.ts';
import type { CommandIo } from '../io.ts';
import { type HoldVerb, planHold } from './hold.ts';
import { type HostlistForm, showHostlist } from './hostlists.ts';
import { readScontrol, type ScontrolValues, scontrolTable } from './options.ts';
import { type Answer, type ReadRunRecord, showJobs, showNodes } from './show.ts';

/** What scontrol needs of the world. */
export interface ScontrolDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  readonly user: { readonly uid: number; readonly name: string };
  /** Where an attempt of a job really ran; undefined if nothing is known of its start. */
  readonly runRecord: ReadRunRecord;
  /** Puts a request into the inbox. */
  send(request: Request): Promise<void>;
}

/** `scontrol`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: ScontrolDeps): Promise<number> {
  const own = readOwn(argv, io.environment);
  if (own !== undefined) return print(await answerOwn(own, deps), own.values, io);
  const read = readScontrol(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, scontrolTable, io.program));
    return 0;
  }
  if ('failed' in read) {
    io.err(`${read.failed.lines.join('\n')}\n`);
    return read.failed.exitCode;
  }
  const { values, command } = read;
  const view = await deps.view(values.spool);
  const options = { hasDetails: values.details === true, isOneLine: values.oneliner === true };
  const answer =
    command.name === 'show node'
      ? showNodes(view, command.nodes, options)
      : await showJobs(view, command.target, options, deps.runRecord);
  return print(answer, values, io);
}

/** -Q leaves out complaints; the exit code tells (as captured). */
function print({ out, err, exitCode }: Answer, { quiet }: ScontrolValues, io: CommandIo): number {
  if (out !== '') io.out(out);
  if (err !== '' && quiet !== true) io.err(err);
  return exitCode;
}

import { printable } from '../../base/text.ts';
import type { Request } from '../../model/request.ts';
import type { ShownStep } from '../../services/steplist.ts';
import type { ClusterView } from '../../services/view.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import type { ClusterConfig } from './configpage.ts';
import { planHold } from './hold.ts';
import { type ReadHostFile, showHostlist } from './hostlists.ts';
import { type OwnReading, readOwn } from './keywords.ts';
import { readScontrol, type ScontrolCommand, type ScontrolValues, scontrolTable } from './options.ts';
import {
  type Answer,
  type ReadRunRecord,
  type ShowOptions,
  showConfig,
  showJobs,
  showNodes,
  showPartitions,
  showReservations,
  showSteps,
} from './show.ts';

/** What scontrol needs of the world. The view is always asked for first. */
export interface ScontrolDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  readonly user: { readonly uid: number; readonly name: string };
  /** Where an attempt of a job really ran; undefined if nothing is known of its start. */
  readonly runRecord: ReadRunRecord;
  config(): Promise<ClusterConfig>;
  readonly readHostFile: ReadHostFile;
  /** The running steps of the cluster. */
  steps(view: ClusterView): Promise<readonly ShownStep[]>;
  /** Puts a request into the inbox. */
  send(request: Request): Promise<void>;
}

/** `scontrol`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: ScontrolDeps): Promise<number> {
  const own = readOwn(argv, io.environment);
  if (own !== undefined) {
    return 'failed' in own ? tellFailure(own.failed, io) : print(await answerOwn(own, deps), own.values, io);
  }
  const read = readScontrol(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, scontrolTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values, command } = read;
  const view = await deps.view(values.spool);
  const options = { hasDetails: values.details === true, isOneLine: values.oneliner === true };
  return print(await answerShow(command, { view, options, deps }), values, io);
}

interface Shown {
  readonly view: ClusterView;
  readonly options: ShowOptions;
  readonly deps: ScontrolDeps;
}

async function answerShow(command: ScontrolCommand, { view, options, deps }: Shown): Promise<Answer> {
  switch (command.name) {
    case 'show job':
      return showJobs(view, command.target, options, deps.runRecord);
    case 'show node':
      return showNodes(view, command.nodes, options);
    case 'show partition':
      return showPartitions(view, command.partition, options);
    case 'show reservation':
      return showReservations(command.reservation);
    case 'show step':
      return showSteps(view, command.step, { steps: await deps.steps(view), ...options });
    case 'show config':
      return showConfig(view, await deps.config());
    default:
      return command satisfies never;
  }
}

async function answerOwn({ command, values }: OwnReading, deps: ScontrolDeps): Promise<Answer> {
  if ('words' in command) {
    const { cluster } = await deps.view(values.spool);
    const { targets, complaints } = planHold(cluster, command.name, command.words, deps.user.uid);
    if (targets.length > 0)
      await deps.send({ name: command.name === 'release' ? 'unhold' : 'hold', targets });
    const err = complaints.map((line) => `${printable(line)}\n`).join('');
    return { out: '', err, exitCode: complaints.length > 0 ? 1 : 0 };
  }
  return showHostlist(command.name, command.list, deps.readHostFile);
}

/** -Q leaves out complaints; the exit code tells (as captured). */
function print({ out, err, exitCode }: Answer, { quiet }: ScontrolValues, io: CommandIo): number {
  if (out !== '') io.out(out);
  if (err !== '' && quiet !== true) io.err(err);
  return exitCode;
}

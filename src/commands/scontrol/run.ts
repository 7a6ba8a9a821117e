import { formatTimestamp } from '../../model/duration.ts';
import type { NodeLoad } from '../../model/node.ts';
import type { PartitionReader } from '../../model/partition.ts';
import type { ShownStep } from '../../services/steplist.ts';
import type { ClusterView } from '../../services/view.ts';
import { readCommand } from '../../tables/precedence.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { answerAdmin, readAdminCommand } from './admin.ts';
import { showAssociations } from './associations.ts';
import type { ConfigFacts } from './configpage.ts';
import { type ReadHostFile, showHostlist } from './hostlists.ts';
import { runInteractively } from './interactive.ts';
import { answerUpdate, answerVerb, answerWaitJob, answerWrite, type JobCommandDeps } from './jobcommands.ts';
import { type OwnReading, readOwn } from './keywords.ts';
import { readScontrol, type ScontrolCommand, type ScontrolValues, scontrolTable } from './options.ts';
import { answerCompleting, answerListpids, answerPidinfo } from './processes.ts';
import { type Answer, type ReadRunRecord, type ShowOptions, showJobs, showSteps } from './show.ts';
import { showCluster } from './showcluster.ts';

/** What scontrol needs of the world. The view is always asked for first. */
export interface ScontrolDeps extends JobCommandDeps {
  /** Where an attempt of a job really ran; undefined if nothing is known of its start. */
  readonly runRecord: ReadRunRecord;
  config(): Promise<ConfigFacts>;
  /** How busy the nodes are. */
  loads(): Promise<ReadonlyMap<string, NodeLoad>>;
  /** Who asks; his groups are looked up only where they count. */
  reader(withGroups: boolean): Promise<PartitionReader>;
  /** Whether the user may change the cluster as a whole. */
  mayAdminister(view: ClusterView): Promise<boolean>;
  /** What this machine knows by that name. */
  readonly isUser: (name: string) => Promise<boolean>;
  /** The number that this machine knows a user by. */
  readonly uidOf: (name: string) => Promise<number | undefined>;
  /** Throws for a `cluster.yaml` with an error. */
  checkSettings(): Promise<void>;
  readonly readHostFile: ReadHostFile;
  /** The running steps of the cluster. */
  steps(view: ClusterView): Promise<readonly ShownStep[]>;
  /** The next line of standard input; undefined at its end. */
  readLine(): Promise<string | undefined>;
  /** True where a person types it, who sees what is typed. */
  readonly isInputTerminal: boolean;
}

/** `scontrol`: prints, and gives the exit code. Without a command it asks for some. */
export async function run(argv: readonly string[], io: CommandIo, deps: ScontrolDeps): Promise<number> {
  const read = readCommand(argv, io.environment, scontrolTable);
  if ('values' in read && read.operands.length === 0) {
    return runInteractively(argv, io, { ...deps, runOne: (words) => runOne(words, io, deps) });
  }
  return runOne(argv, io, deps);
}

async function runOne(argv: readonly string[], io: CommandIo, deps: ScontrolDeps): Promise<number> {
  const own = readOwn(argv, io.environment);
  if (own !== undefined) {
    return 'failed' in own ? tellFailure(own.failed, io) : print(await answerOwn(own, deps), own.values, io);
  }
  const admin = readAdminCommand(argv, io.environment);
  if (admin !== undefined) {
    if ('failed' in admin) return tellFailure(admin.failed, io);
    return print(
      await answerAdmin(admin.command, await deps.view(admin.values.spool), deps),
      admin.values,
      io,
    );
  }
  const read = readScontrol(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, scontrolTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values, command } = read;
  const view = await deps.view(values.spool);
  const { details, oneliner, all } = values;
  const options = { hasDetails: details === true, isOneLine: oneliner === true, isAll: all === true };
  return print(
    withUpdateTime(
      await answerShow(command, { view, options, deps, isOwnName: io.program.startsWith('mgpu') }),
      values,
      view,
    ),
    values,
    io,
  );
}

/** -v says of when the records are, and how many, as Slurm's does. */
function withUpdateTime(answer: Answer, { verbose = 0 }: ScontrolValues, view: ClusterView): Answer {
  if (verbose === 0 || answer.records === undefined) return answer;
  const time = formatTimestamp(view.now, view.utcOffsetMinutes);
  return { ...answer, out: `last_update_time ${time}, records=${answer.records}\n${answer.out}` };
}

interface Shown {
  readonly view: ClusterView;
  readonly options: ShowOptions;
  readonly deps: ScontrolDeps;
  /** False under Slurm's name, where programs read what Slurm prints and no more. */
  readonly isOwnName: boolean;
}

async function answerShow(
  command: ScontrolCommand,
  { view, options, deps, isOwnName }: Shown,
): Promise<Answer> {
  switch (command.name) {
    case 'show job':
      return showJobs(view, command.target, options, isOwnName ? deps.runRecord : undefined);
    case 'show step':
      return showSteps(view, command.step, { steps: await deps.steps(view), ...options });
    case 'show assoc_mgr':
      return showAssociations(command, view, { options, uidOf: deps.uidOf });
    case 'show cluster':
      return showCluster(command, { view, options, deps });
    default:
      return command satisfies never;
  }
}

async function answerOwn({ command, values }: OwnReading, deps: ScontrolDeps): Promise<Answer> {
  if (!('words' in command)) return showHostlist(command.name, command.list, deps.readHostFile);
  const { name, words } = command;
  const { spool } = values;
  switch (name) {
    case 'update':
      return answerUpdate(words, spool, deps);
    case 'write':
      return answerWrite(words, spool, deps);
    case 'listpids':
      return answerListpids(words, spool, deps);
    case 'completing':
      return answerCompleting(spool, deps);
    case 'pidinfo':
      return answerPidinfo(words[0] ?? '', spool, deps);
    case 'wait_job':
      return answerWaitJob(words[0] ?? '', spool, deps);
    default:
      return answerVerb(name, words, spool, deps);
  }
}

/** -Q leaves out complaints; the exit code tells (as captured). */
function print({ out, err, exitCode }: Answer, { quiet }: ScontrolValues, io: CommandIo): number {
  if (out !== '') io.out(out);
  if (err !== '' && quiet !== true) io.err(err);
  return exitCode;
}

import { printable } from '../../base/text.ts';
import type { NodeLoad } from '../../model/node.ts';
import type { PartitionReader } from '../../model/partition.ts';
import type { Request } from '../../model/request.ts';
import type { ShownStep } from '../../services/steplist.ts';
import type { ClusterView } from '../../services/view.ts';
import { readCommand } from '../../tables/precedence.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { answerAdmin, readAdminCommand } from './admin.ts';
import type { ConfigFacts } from './configpage.ts';
import { planHold } from './hold.ts';
import { type ReadHostFile, showHostlist } from './hostlists.ts';
import { interact } from './interact.ts';
import { type OwnReading, readOwn } from './keywords.ts';
import { readScontrol, type ScontrolCommand, type ScontrolValues, scontrolTable } from './options.ts';
import { type Answer, type ReadRunRecord, type ShowOptions, showJobs, showSteps } from './show.ts';
import { showCluster } from './showcluster.ts';

/** What scontrol needs of the world. The view is always asked for first. */
export interface ScontrolDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  readonly user: { readonly uid: number; readonly name: string };
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
  readonly utcOffsetMinutes: (unixSeconds: number) => number;
  /** What is written to this command, line by line. */
  lines(): AsyncIterable<string>;
  /** Throws for a `cluster.yaml` with an error. */
  checkSettings(): Promise<void>;
  readonly readHostFile: ReadHostFile;
  /** The running steps of the cluster. */
  steps(view: ClusterView): Promise<readonly ShownStep[]>;
  /** Puts a request into the inbox. */
  send(request: Request): Promise<void>;
}

/** `scontrol`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: ScontrolDeps): Promise<number> {
  const plain = readCommand(argv, io.environment, scontrolTable);
  if ('values' in plain && plain.operands.length === 0) {
    return interact(deps.lines(), io, (words) => run([...argv, ...words], io, deps));
  }
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
    case 'show step':
      return showSteps(view, command.step, { steps: await deps.steps(view), ...options });
    case 'show cluster':
      return showCluster(command, { view, options, deps });
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

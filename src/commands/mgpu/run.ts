import { printable } from '../../base/text.ts';
import type { BackupReport, RestoreReport } from '../../services/backup.ts';
import type { Finding } from '../../services/doctor/finding.ts';
import type { FsckReport } from '../../services/fsck.ts';
import type { LogsWish } from '../../services/logs.ts';
import type { RepairReport, RepairWish } from '../../services/repair.ts';
import type { LeftJob, StopReport } from '../../services/stop.ts';
import type { UpgradeReport } from '../../services/upgrade.ts';
import type { WhyReport } from '../../services/why.ts';
import type { CommandIo } from '../io.ts';
import { completion } from './completion.ts';
import { fsck, repair } from './fsck.ts';
import { why } from './why.ts';

/** What a command line of mgpu asks for. */
export type MgpuAsk =
  | { readonly command: 'init'; readonly dir: string; readonly name: string; readonly durable: boolean }
  | { readonly command: 'backup'; readonly spool: string | undefined; readonly to: string }
  | { readonly command: 'restore'; readonly from: string; readonly dir: string }
  | { readonly command: 'completion'; readonly shell: string; readonly slurmNames: boolean }
  | { readonly command: 'doctor'; readonly spool: string | undefined; readonly pair: boolean }
  | { readonly command: 'fsck'; readonly spool: string | undefined; readonly repair: RepairWish | 'no' }
  | { readonly command: 'logs'; readonly spool: string | undefined; readonly wish: LogsWish }
  | { readonly command: 'stop'; readonly spool: string | undefined }
  | { readonly command: 'upgrade'; readonly spool: string | undefined }
  | { readonly command: 'why'; readonly spool: string | undefined; readonly job: string };

/** A copy that was made, or a cluster that was made of one, at its path from the root. */
export type Placed<T> = T & { readonly path: string };

export interface InitReport {
  /** From the root. */
  readonly path: string;
  readonly clusterName: string;
  /** False when there was a spool already, which was left as it is. */
  readonly isNew: boolean;
}

/** What mgpu needs of the world. */
export interface MgpuDeps {
  init(dir: string, options: { readonly name: string; readonly durable: boolean }): Promise<InitReport>;
  backup(spool: string | undefined, to: string): Promise<Placed<BackupReport>>;
  restore(from: string, dir: string): Promise<Placed<RestoreReport>>;
  /** The file for a shell as it was generated. */
  completionFile(shell: 'bash' | 'zsh' | 'fish'): Promise<string>;
  /** The path of the program that shells ask. */
  readonly completer: string;
  examine(spool: string | undefined, options: { readonly pair: boolean }): AsyncIterable<Finding>;
  fsck(spool: string | undefined): Promise<FsckReport>;
  /** Shows it, and gives the exit code. */
  logs(spool: string | undefined, wish: LogsWish): Promise<number>;
  repair(spool: string | undefined, wish: RepairWish): Promise<RepairReport>;
  stop(spool: string | undefined): Promise<StopReport & { readonly jobs: readonly LeftJob[] }>;
  upgrade(spool: string | undefined): Promise<UpgradeReport>;
  why(spool: string | undefined, job: string): Promise<WhyReport>;
}

/** `mgpu`: does what was asked, says so, and gives the exit code. */
export async function run(ask: MgpuAsk, io: CommandIo, deps: MgpuDeps): Promise<number> {
  switch (ask.command) {
    case 'init':
      return init(await deps.init(ask.dir, ask), io);
    case 'backup':
      return backup(await deps.backup(ask.spool, ask.to), io);
    case 'restore':
      return restore(await deps.restore(ask.from, ask.dir), io);
    case 'completion':
      return completion(ask, io, deps);
    case 'doctor':
      return doctor(deps.examine(ask.spool, ask), io);
    case 'fsck':
      return ask.repair === 'no'
        ? fsck(await deps.fsck(ask.spool), io)
        : repair(await deps.repair(ask.spool, ask.repair), io);
    case 'logs':
      return deps.logs(ask.spool, ask.wish);
    case 'stop':
      return stop(await deps.stop(ask.spool), io);
    case 'upgrade':
      return upgrade(await deps.upgrade(ask.spool), io);
    case 'why':
      return why(await deps.why(ask.spool, ask.job), io);
    default:
      return ask satisfies never;
  }
}

function init({ path, clusterName, isNew }: InitReport, io: CommandIo): number {
  if (!isNew) {
    io.out(`${printable(`${path} is a cluster already: ${clusterName}`)}\n`);
    return 0;
  }
  sayLines(io, [`Made the cluster ${clusterName} in ${path}`, ...howToUse(path)]);
  return 0;
}

function howToUse(path: string): readonly string[] {
  return [
    `On each machine that is to run jobs:  mgpud --spool ${path}`,
    `Where commands are typed:             export MGPU_SPOOL=${path}`,
  ];
}

function sayLines(io: CommandIo, lines: readonly string[]): void {
  io.out(lines.map((line) => `${printable(line)}\n`).join(''));
}

function backup({ path, seq, jobs, requests, files, bytes }: Placed<BackupReport>, io: CommandIo): number {
  const what = `commit ${seq} with ${jobs} jobs and ${requests} requests that wait`;
  sayLines(io, [`Copied ${what} to ${path}: ${files} files, ${bytes} bytes`]);
  return 0;
}

function restore(report: Placed<RestoreReport>, io: CommandIo): number {
  const { path, clusterName, seq, jobs, ended } = report;
  const ran = ended.length === 0 ? 'no job ran then' : `ran then, and count as ended: ${ended.join(', ')}`;
  sayLines(io, [
    `Made the cluster ${clusterName} in ${path} as of commit ${seq} with ${jobs} jobs: ${ran}`,
    'Start no daemon for it while the first cluster has any: jobs that wait would run in both',
    ...howToUse(path),
  ]);
  return 0;
}

async function doctor(findings: AsyncIterable<Finding>, io: CommandIo): Promise<number> {
  let hasFailed = false;
  for await (const { level, what, finding, advice } of findings) {
    hasFailed ||= level === 'fail';
    io.out(`${level.padEnd(4)}  ${what}: ${printable(finding)}\n`);
    if (advice !== undefined) io.out(`      ${printable(advice)}\n`);
  }
  return hasFailed ? 1 : 0;
}

function stop({ outcome, daemon, jobs }: Awaited<ReturnType<MgpuDeps['stop']>>, io: CommandIo): number {
  if (outcome === 'alive') {
    io.err(`mgpu: error: mgpud (process ${daemon?.pid}) was asked to end and has not done so yet\n`);
    return 1;
  }
  io.out(outcome === 'none' ? 'No daemon was running here\n' : `Stopped mgpud of node ${daemon?.node}\n`);
  if (jobs.length > 0)
    io.out(`Still running, as jobs outlive their daemon: ${jobs.map(jobText).join(', ')}\n`);
  return 0;
}

function upgrade({ from, to, older }: UpgradeReport, io: CommandIo): number {
  io.out(
    from === to ? `The cluster has format ${to} already\n` : `Raised the format from ${from} to ${to}\n`,
  );
  if (older.length > 0)
    io.out(`To be updated before mgpud is started there again: ${older.map(printable).join(', ')}\n`);
  return 0;
}

function jobText({ id, name, gpus }: LeftJob): string {
  return `${id} (${printable(name)}${gpus === 0 ? '' : `, ${gpus} GPU${gpus === 1 ? '' : 's'}`})`;
}

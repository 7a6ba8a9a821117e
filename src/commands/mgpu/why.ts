import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { formatExitCode } from '../../model/exitcode.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import { shownJobId, shownState } from '../../model/job.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { WaitFact, WhyReport } from '../../services/why.ts';
import type { CommandIo } from '../io.ts';

/** `mgpu why`: a line that says it, and one for each thing that is waited for. */
export function why(report: WhyReport, io: CommandIo): number {
  io.out(
    whyLines(report)
      .map((line) => `${printable(line)}\n`)
      .join(''),
  );
  return 0;
}

export function whyLines(report: WhyReport): readonly string[] {
  const { job, waiting } = report;
  const time = (seconds: number): string => formatTimestamp(seconds, report.utcOffsetMinutes);
  const head = `Job ${shownJobId(job)} (${job.spec.name}) of ${job.spec.user}`;
  if (waiting === undefined) return [pastOf(head, report, time)];
  const { reason, text, facts, planned } = waiting;
  const lines = facts.map((fact) => `  ${factText(fact, time)}`);
  if (reason === undefined)
    return [`${head} waits for nothing: it starts as soon as a daemon looks`, ...lines];
  const isNow = planned !== undefined && planned.time <= report.now;
  const when =
    planned && !isNow ? [`  it can start at ${time(planned.time)} on ${formatHostlist(planned.nodes)}`] : [];
  const unknown = planned === undefined ? ['  when it can start is not known'] : [];
  return [`${head} waits: ${text ?? reason}`, ...lines, ...when, ...unknown];
}

/** What became of a job that has started, or has ended. */
function pastOf(head: string, { job }: WhyReport, time: (seconds: number) => string): string {
  if (job.state === 'PENDING') return head;
  const nodes = formatHostlist((job.allocation ?? []).map(({ node }) => node));
  const since =
    job.startTime === undefined ? 'never started' : `started at ${time(job.startTime)} on ${nodes}`;
  if (job.state === 'RUNNING') {
    const { timeLimit } = job.spec;
    const until =
      timeLimit === 'UNLIMITED'
        ? 'it has no time limit'
        : `its limit ends at ${time(job.startTime + timeLimit * 60)}`;
    return `${head} is ${shownState(job)}: ${since}; ${until}`;
  }
  const reason = job.reason === 'None' ? '' : ` (${job.reason})`;
  const by = job.endedBy === undefined ? '' : ` by user ${job.endedBy}`;
  const code = formatExitCode(job.exitCode);
  const end = `${job.endState}${reason}${by} at ${time(job.endTime)}, exit code ${code}`;
  return job.state === 'COMPLETING'
    ? `${head} is ending as ${end}; ${since}; ${formatHostlist(job.holders)} still hold what it had`
    : `${head} has ended: ${end}; ${since}`;
}

function factText(fact: WaitFact, time: (seconds: number) => string): string {
  switch (fact.about) {
    case 'hold':
      return fact.by === 'user' ? 'it is held: scontrol release lets it go' : 'an administrator holds it';
    case 'clause':
      return fact.parents.length > 0
        ? `it depends on ${fact.clause}: job ${fact.parents.join(', ')}`
        : `it depends on ${fact.clause}`;
    case 'begin':
      return `it is not to begin before ${time(fact.time)}`;
    case 'deadline':
      return `its deadline is ${time(fact.time)}`;
    case 'partition':
      return partitionText(fact);
    case 'license':
      return `it wants ${fact.wanted} of license ${fact.name}, of which ${fact.free} are free`;
    case 'reservation':
      return fact.startTime === undefined
        ? `its reservation ${fact.name} is not there any more`
        : `its reservation ${fact.name} begins at ${time(fact.startTime)}`;
    case 'throttle':
      return `its array runs ${fact.limit} at a time: ${fact.running.join(', ')}`;
    case 'before':
      return `job ${fact.job} goes first`;
    case 'away':
      return `node ${fact.node} takes no jobs: ${fact.why}`;
    case 'switches':
      return `until ${time(fact.until)} it takes nodes behind at most ${fact.count} switches (--switches)`;
    case 'device':
      return `GPU ${fact.index} of ${fact.node} is not free: ${fact.why}`;
    case 'holder':
      return `job ${fact.job} holds a part of ${formatHostlist(fact.nodes)}${untilText(fact.until, time)}`;
    default:
      return fact satisfies never;
  }
}

function untilText(until: number, time: (seconds: number) => string): string {
  return until === Number.POSITIVE_INFINITY
    ? ', without a time limit'
    : `, until ${time(until)} at the latest`;
}

function partitionText(fact: WaitFact & { readonly about: 'partition' }): string {
  const { partition, reason, limit, nodes } = fact;
  if (reason === 'PartitionTimeLimit')
    return `partition ${partition} takes jobs of up to ${formatTimeLimit(limit, 'scontrol')}`;
  if (reason === 'PartitionNodeLimit')
    return `partition ${partition} has ${nodes} nodes, and limits of its own`;
  return `partition ${partition} starts no jobs (${reason})`;
}

import type { JobTarget } from '../../model/request.ts';
import {
  commonRows,
  helpRowWithLetter,
  isThere,
  later,
  quietRow,
  verboseRow,
  without,
} from '../../tables/options/common.ts';
import { allRow, localRow, refusedListingRows } from '../../tables/options/listing.ts';
import { flag, take } from '../../tables/options/refused/forms.ts';
import { parseTargets } from '../../tables/options/targets.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, readCommand } from '../../tables/precedence.ts';
import {
  type CommandTable,
  type Failed,
  failed,
  type OptionRow,
  type RefusedRow,
  type Shown,
  sortedRows,
} from '../../tables/row.ts';
import { type AssociationsWish, readAssociations } from './associations.ts';

export interface ScontrolValues extends CommonValues {
  readonly all?: boolean;
  readonly details?: boolean;
  readonly local?: boolean;
  /** One line for each record. */
  readonly oneliner?: boolean;
  readonly quiet?: boolean;
}

const program = 'scontrol';
const shown = 'What is shown';

const servedRows = [
  { ...allRow, group: shown },
  {
    long: 'details',
    short: 'd',
    arg: 'none',
    key: 'details',
    value: true,
    group: shown,
    help: 'more fields',
  },
  helpRowWithLetter,
  { ...localRow, group: shown },
  {
    long: 'oneliner',
    short: 'o',
    arg: 'none',
    key: 'oneliner',
    value: true,
    group: shown,
    help: 'each record on one line',
  },
  { ...quietRow, group: shown },
  verboseRow,
] as const satisfies readonly OptionRow<ScontrolValues>[];

const refusedRows = [
  { ...flag('future', 'nodes that are still to come'), short: 'F', env: { scontrol: ['SCONTROL_FUTURE'] } },
  {
    ...flag('sibling', 'records of sibling clusters'),
    refused: without('other clusters'),
    env: { scontrol: ['SCONTROL_SIBLING'] },
  },
  { ...take('uid', 'user', 'act as this user'), short: 'u' },
] satisfies readonly RefusedRow[];

/** The words after the options, for --help. */
const scontrolCommands = [
  ['completing', 'jobs that end, and the nodes that still hold them'],
  ['create ENTITY ...', 'a reservation or a partition'],
  ['delete ENTITY', 'a reservation or a partition'],
  ['hold JOBS', 'let jobs wait until they are released'],
  ['listpids [JOB[.STEP] [NODE]]', 'processes of jobs on this machine'],
  ['pidinfo PID', 'the job of a process'],
  ['ping', 'whether a daemon is there'],
  ['reconfigure', 'take in cluster.yaml now'],
  ['release JOBS', 'let held jobs start'],
  ['requeue JOBS', 'end batch jobs and let them wait again'],
  ['requeuehold JOBS', 'the same, and hold them'],
  ['resume JOBS', 'let suspended jobs go on'],
  ['show ENTITY [NAME]', 'jobs, steps, nodes, partitions, config and others'],
  ['suspend JOBS', 'let jobs stand still'],
  ['top JOBS', 'let jobs go before others of their user'],
  ['uhold JOBS', 'hold jobs so that their user may release them'],
  ['update ...', 'change jobs, nodes, partitions or reservations'],
  ['version', 'the version'],
  ['wait_job JOB', 'wait until a job has its nodes'],
  ['write batch_script JOB [FILE]', 'the script of a job'],
] as const;

export const scontrolTable: CommandTable<ScontrolValues> = {
  program,
  summary: 'show all that is known of jobs, nodes and partitions, and change jobs',
  rows: sortedRows<ScontrolValues>(servedRows, commonRows, refusedListingRows, refusedRows),
  order: 'permute',
  usageExitCode: 1,
  operands: 'command [argument...]',
  commands: scontrolCommands,
  readSwitch: isThere,
};

/** What scontrol is to do. Without a name it shows all. */
export type ScontrolCommand =
  | { readonly name: 'show job'; readonly target?: JobTarget }
  | { readonly name: 'show step'; readonly step?: string }
  | ({ readonly name: 'show assoc_mgr' } & AssociationsWish)
  /** What there is of the cluster itself. */
  | { readonly name: 'show cluster'; readonly entity: ClusterEntity; readonly which?: string };

/** What `show` knows of the cluster itself, in Slurm's words. */
const clusterEntities = [
  ...['aliases', 'bbstat', 'burstbuffer', 'config', 'daemons', 'dwstat', 'federation', 'frontend'],
  ...['licenses', 'nodes', 'partitions', 'reservations', 'topology'],
] as const;
export type ClusterEntity = (typeof clusterEntities)[number];

export type ScontrolReading =
  | { readonly values: ScontrolValues; readonly command: ScontrolCommand }
  | { readonly shows: Shown }
  | Failed;

export function readScontrol(words: readonly string[], environment: Environment): ScontrolReading {
  const read = readCommand(words, environment, scontrolTable);
  if (!('values' in read)) return read;
  const command = readKeyword(read.operands);
  return 'name' in command ? { values: read.values, command } : command;
}

/** Slurm's other keywords, which may be cut down to three letters; those about jobs are in keywords.ts. */
const keywords =
  'abort,all,cancel_reboot,cluster,create,delete,details,errnumstr,exit,fsdampeningfactor,help,' +
  'hide,notify,oneliner,ping,quiet,quit,reboot,reconfigure,setdebug,setdebugflags,schedloglevel,' +
  'show,shutdown,token,takeover,update,verbose,version';

function readKeyword([word = '', ...rest]: readonly string[]):
  | ScontrolCommand
  | { readonly shows: Shown }
  | Failed {
  const keyword = abbreviated(word, keywords.split(','), 3);
  switch (keyword) {
    case 'show':
      return readShow(rest);
    case 'help':
    case 'version':
      return { shows: keyword };
    case undefined:
      return failed(1, `invalid keyword: ${word}`);
    default:
      return failed(1, `${program}: error: ${keyword} is ${later}`);
  }
}

const entities =
  'aliases,assoc_mgr,bbstat,burstbuffer,config,daemons,dwstat,federation,frontend,hostlist,hostlistsorted,' +
  'hostnames,jobid,jobs,licenses,nodes,partitions,reservations,slurmd,steps,topology';

/** The same entities by the names that their records begin with: `show PartitionName=main`. */
const recordNames = new Map([
  ['nodename', 'nodes'],
  ['partitionname', 'partitions'],
  ['reservationname', 'reservations'],
]);

/** `show job`, `show job 12`, `show job=12`, `show jobid=12`. */
function readShow(words: readonly string[]): ScontrolCommand | Failed {
  const [word] = words;
  if (word === undefined) return failed(1, 'too few arguments for keyword:show');
  if (abbreviated(word, entities.split(','), 2) === 'assoc_mgr' || word.toLowerCase() === 'cache') {
    const wish = readAssociations(words.slice(1));
    return 'failed' in wish ? wish : { name: 'show assoc_mgr', ...wish };
  }
  if (words.length > 2) return failed(1, 'too many arguments for keyword:show');
  const equals = word.indexOf('=');
  const name = equals < 0 ? words[1] : word.slice(equals + 1);
  const written = equals < 0 ? word : word.slice(0, equals);
  const entity = recordNames.get(written.toLowerCase()) ?? abbreviated(written, entities.split(','), 1);
  const ofCluster = clusterEntities.find((one) => one === entity);
  if (ofCluster === 'daemons' && name !== undefined) return failed(1, 'too many arguments for keyword:show');
  if (ofCluster !== undefined) {
    return { name: 'show cluster', entity: ofCluster, ...(name !== undefined && { which: name }) };
  }
  switch (entity) {
    case 'jobid':
    case 'jobs':
      return name === undefined ? { name: 'show job' } : readShowJob(name);
    case 'steps':
      return { name: 'show step', ...(name === undefined ? {} : { step: name }) };
    case undefined:
      return failed(1, `invalid entity:${word} for keyword:show `);
    default:
      return failed(1, `${program}: error: show ${word} is ${later}`);
  }
}

/** Id 0 stands for all jobs, as in Slurm, and `0_3` for the tasks of that number of all arrays. */
function readShowJob(text: string): ScontrolCommand | Failed {
  if (/^0+$/.test(text)) return { name: 'show job' };
  const [, task] = /^0+_(\d{1,9})$/.exec(text) ?? [];
  if (task !== undefined) return { name: 'show job', target: { job: 0, task: Number(task) } };
  const [target, ...others] = parseTargets(text) ?? [];
  if (target === undefined || others.length > 0) {
    return failed(1, 'scontrol_print_job error: Invalid job id specified');
  }
  return { name: 'show job', target };
}

/** The first word that begins with what was written, in either case, if enough of it was written. */
function abbreviated(written: string, words: readonly string[], lengthMin: number): string | undefined {
  if (written.length < lengthMin) return undefined;
  return (
    words.find((word) => word === written.toLowerCase()) ??
    words.find((word) => word.startsWith(written.toLowerCase()))
  );
}

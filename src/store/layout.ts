import type { JobId, NodeName } from '../model/ids.ts';

/** The names in a spool; the only place that knows them. */
export interface Layout {
  readonly root: string;
  readonly spoolFile: string;
  readonly settingsFile: string;
  readonly inbox: string;
  readonly rejected: string;
  readonly jobs: string;
  readonly log: string;
  readonly checkpoints: string;
  readonly accounting: string;
  readonly history: string;
  readonly nodes: string;
  readonly locks: string;
  /** What `mgpu fsck --repair` took out of its place. */
  readonly lostAndFound: string;
  /** Where the search for a free job id begins; a hint that may be lost or stale. */
  readonly idHint: string;
  job(id: JobId): JobRoom;
  node(name: NodeName): NodeRoom;
}

/** The names in a job's room. Markers carry the attempt's number. */
export interface JobRoom {
  readonly path: string;
  readonly script: string;
  /** Arguments and environment, private to the submitter. */
  readonly launch: string;
  /** The request as it was sent, kept for people who look. */
  readonly request: string;
  started(attempt: number): string;
  exit(attempt: number): string;
  readonly success: string;
  readonly failed: string;
  /** Step 0 of an interactive job, whose files lie in the job's room itself. */
  readonly firstStep: StepRoom;
  /** The steps that were made within an attempt of the job, a folder each, named by its number. */
  steps(attempt: number): string;
  step(attempt: number, step: number): StepRoom;
  /** Why the attempt ends, for its steps; in the folder of these. */
  stepsEnd(attempt: number): string;
  /** What salloc says to the node that holds its allocation: that it is alive, or that it is done. */
  readonly pulse: string;
  /** What a node measured of the job's processes last. */
  usage(node: NodeName): string;
}

/**
 * The names of a step's files. A step has a part on each of its nodes, numbered from 0, with a supervisor
 * of its own.
 */
export interface StepRoom {
  readonly path: string;
  /** What was asked for; from then on the step is there. */
  readonly request: string;
  /** Arguments and environment, private to the user. */
  readonly launch: string;
  /** There when the step's turn has come: which devices it has. */
  readonly grant: string;
  /** Where the tasks of a distributed step meet, put by the part that has task 0. */
  readonly meeting: string;
  /** Written again and again by a srun that lives. */
  readonly beat: string;
  /** There when srun went and wants the step to run on. */
  readonly detached: string;
  /** Taken by the supervisor of a part: it starts once. */
  started(part: number): string;
  /** How the tasks of a part ended: one JSON object. */
  exit(part: number): string;
  /** The same of each task as it ends, a JSON object a line. */
  ends(part: number): string;
  /** The supervisor's own complaints. */
  log(part: number): string;
  /** What is to be done to the step, in the order of the numbers: signals, its end. */
  control(number: number): string;
  stream(task: number, name: 'out' | 'err'): string;
  /** Where srun listens for its supervisors, and the key; only the user may read it. */
  readonly live: string;
  /** From where on the output of a part lies in files. */
  handed(part: number): string;
  /** From where on the input lies in `stdin`, where some of it went by a connection. */
  readonly inputFrom: string;
  /** There when somebody beside srun wants to read the tasks' output. */
  readonly attached: string;
  /** There when the job ends for a reason that its steps tell of: ` DUE TO TIME LIMIT`. */
  readonly jobEnd: string;
  /** Standard input as far as it has come; `stdinEnd` is there when it is whole. */
  readonly stdin: string;
  readonly stdinEnd: string;
  /** A program that is to be copied to the nodes. */
  readonly program: string;
}

export interface NodeRoom {
  readonly path: string;
  readonly inventory: string;
  readonly heartbeat: string;
}

export function layoutOf(root: string): Layout {
  const accounting = `${root}/accounting`;
  return {
    root,
    spoolFile: `${root}/spool.json`,
    settingsFile: `${root}/cluster.yaml`,
    inbox: `${root}/inbox`,
    rejected: `${root}/rejected`,
    jobs: `${root}/jobs`,
    log: `${root}/log`,
    checkpoints: `${root}/checkpoints`,
    accounting,
    history: `${accounting}/history`,
    nodes: `${root}/nodes`,
    locks: `${root}/locks`,
    lostAndFound: `${root}/lost+found`,
    idHint: `${root}/jobs/.last`,
    job: (id) => jobRoom(`${root}/jobs/${id}`),
    node: (name) => ({
      path: `${root}/nodes/${name}`,
      inventory: `${root}/nodes/${name}/inventory.json`,
      heartbeat: `${root}/nodes/${name}/heartbeat.json`,
    }),
  };
}

/** The room of a job in the given folder. */
export function jobRoom(path: string): JobRoom {
  return {
    path,
    script: `${path}/script`,
    launch: `${path}/launch.json`,
    request: `${path}/request.json`,
    started: (attempt) => `${path}/started.${attempt}`,
    exit: (attempt) => `${path}/exit.${attempt}`,
    success: `${path}/SUCCESS`,
    failed: `${path}/FAILED`,
    firstStep: firstStepRoom(path),
    steps: (attempt) => `${path}/steps.${attempt}`,
    step: (attempt, step) => stepRoom(`${path}/steps.${attempt}/${step}`),
    stepsEnd: (attempt) => `${path}/steps.${attempt}/end`,
    pulse: `${path}/pulse`,
    usage: (node) => `${path}/usage.${node}`,
  };
}

/** The room of a step in the given folder. */
export function stepRoom(path: string): StepRoom {
  return {
    ...namesIn(path, ''),
    jobEnd: `${path.slice(0, path.lastIndexOf('/'))}/end`,
    program: `${path}/script`,
    stdin: `${path}/stdin`,
    stdinEnd: `${path}/stdin.end`,
  };
}

/** Its input had its name before there were other steps, and its first part its exit. */
function firstStepRoom(path: string): StepRoom {
  const names = namesIn(path, 'step.0.');
  const exit = (part: number): string => (part === 0 ? `${path}/step.0.exit` : names.exit(part));
  const log = (part: number): string => (part === 0 ? `${path}/step.0.log` : names.log(part));
  return {
    ...names,
    jobEnd: `${path}/end`,
    program: `${path}/script`,
    exit,
    log,
    stdin: `${path}/stdin`,
    stdinEnd: `${path}/stdin.end`,
  };
}

function namesIn(path: string, prefix: string): Omit<StepRoom, 'stdin' | 'stdinEnd' | 'program' | 'jobEnd'> {
  const at = `${path}/${prefix}`;
  return {
    path,
    request: `${at}request.json`,
    launch: `${at}launch.json`,
    grant: `${at}grant.json`,
    meeting: `${at}meeting.json`,
    beat: `${at}beat`,
    detached: `${at}detached`,
    started: (part) => `${at}started.${part}`,
    exit: (part) => `${at}exit.${part}`,
    ends: (part) => `${at}ends.${part}`,
    log: (part) => `${at}log.${part}`,
    control: (number) => `${at}control.${number}`,
    stream: (task, name) => `${at}${task}.${name}`,
    live: `${at}live.json`,
    handed: (part) => `${at}handed.${part}`,
    inputFrom: `${at}input.json`,
    attached: `${at}attached`,
  };
}

/** The folders of a new spool, in the order to make them. */
export function spoolFolders(layout: Layout): readonly string[] {
  const { inbox, rejected, jobs, log, checkpoints, accounting, history, nodes, locks } = layout;
  return [inbox, rejected, jobs, log, checkpoints, accounting, history, nodes, locks];
}

/** A place in the log as a file name; names sort as numbers do. */
export function seqName(seq: number): string {
  return `${String(seq).padStart(12, '0')}.json`;
}

/** The place that a file name stands for; undefined when it is another kind of name. */
export function seqOfName(name: string): number | undefined {
  return /^\d{12}\.json$/.test(name) ? Number(name.slice(0, 12)) : undefined;
}

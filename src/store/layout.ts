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
  /** The streams of an interactive step's task. */
  stream(step: number, task: number, name: 'out' | 'err'): string;
  /** Standard input of an interactive step, as far as it has come; `stdinEnd` is there when it is whole. */
  readonly stdin: string;
  readonly stdinEnd: string;
  /** What salloc says to the node that holds its allocation: that it is alive, or that it is done. */
  readonly pulse: string;
  /** How the tasks of a step ended: one JSON object. */
  stepExit(step: number): string;
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
    stream: (step, task, name) => `${path}/step.${step}.${task}.${name}`,
    stdin: `${path}/stdin`,
    stdinEnd: `${path}/stdin.end`,
    pulse: `${path}/pulse`,
    stepExit: (step) => `${path}/step.${step}.exit`,
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

import { invariants } from '../../src/core/invariants.ts';
import { reduceCommit } from '../../src/core/reduce.ts';
import { type Cluster, emptyCluster } from '../../src/model/cluster.ts';
import type { ClusterEvent } from '../../src/model/event.ts';
import { isActive } from '../../src/model/job.ts';
import { rangesHas } from '../../src/model/ranges.ts';
import type { Request } from '../../src/model/request.ts';
import { decodeCheckpoint, decodeCommit, encodeCheckpoint } from '../../src/store/codec.ts';
import { seqName, seqOfName } from '../../src/store/layout.ts';
import { Lives } from './depended.ts';
import type { Disk, Inode } from './disk.ts';
import type { JobFacts } from './machine.ts';
import type { JobPlan } from './proctable.ts';
import { PulseWatch } from './pulsewatch.ts';
import { StepWatch } from './stepwatch.ts';

/*
 * Looks at the disk and at the processes, never at what a daemon believes, and says when a promise is broken.
 * It keeps all commits that were ever made, so that every state can be told from the whole history.
 */

export class BrokenPromise extends Error {}

/** Who names GPUs of nodes gets these and no others. */
function hasWhatItNamed(cluster: Cluster, id: number): void {
  const job = cluster.jobs.get(id);
  const named = job?.spec.nodeGpuIds;
  if (job === undefined || named === undefined || !isActive(job)) return;
  const held = job.allocation.map(({ node, gpus }) => `${node}:${gpus.join()}`).sort();
  const wanted = named.map(({ node, gpus }) => `${node}:${gpus.join()}`).sort();
  if (held.join(';') !== wanted.join(';'))
    broken(`job ${id} names ${wanted.join(';')} and has ${held.join(';')}`);
}

function broken(message: string): never {
  throw new BrokenPromise(message);
}

interface RunFacts extends JobFacts {
  readonly gpus?: readonly { readonly index: number }[];
}

interface Entry {
  readonly inode: Inode;
  readonly events: readonly ClusterEvent[];
  readonly cluster: Cluster;
  readonly handled: readonly string[];
}

export class Watchman {
  readonly lines: string[] = [];
  /** What is wrong, once it is: the effect that shows it may be in a call whose errors are caught. */
  problem: BrokenPromise | undefined;
  lastChangeMs = 0;
  readonly acknowledged = new Set<number>();
  readonly sentRequests = new Set<string>();
  readonly startedAttempts = new Set<string>();
  readonly liveAttempts = new Map<number, string>();
  /** The node of each attempt that was started. */
  readonly #places = new Map<string, string>();
  readonly #owners = new Map<string, string>();
  readonly #history: Entry[] = [];
  /** Numbers whose names were taken out of the log. */
  readonly #pruned = new Set<number>();
  readonly #lives = new Lives();
  readonly #requests = new WeakMap<Inode, { readonly requestId: string; readonly request: Request }>();
  /** Attempts that have processes, and where: the first node has the script, each may have parts of steps. */
  readonly #living = new Set<string>();
  readonly steps: StepWatch;
  readonly pulses: PulseWatch;
  readonly #disk: Disk;
  readonly #root: string;

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
    const fail = (problem: string): void => {
      this.problem ??= new BrokenPromise(problem);
    };
    this.pulses = new PulseWatch(fail);
    this.steps = new StepWatch({ note: (line) => this.note(line), fail, cluster: () => this.cluster });
    disk.onEntry = (path, inode, machine) => this.#guard(() => this.#entry(path, inode, machine));
  }

  /** How many attempts were lost with their node, or ended with it, and left a job that waits again. */
  triedAgain = 0;

  get cluster(): Cluster {
    return this.#history.at(-1)?.cluster ?? emptyCluster;
  }

  get commits(): number {
    return this.#history.length;
  }

  /** All that what it says later depends on, besides the disk, as one text. */
  text(): string {
    const { acknowledged, sentRequests, startedAttempts } = this;
    const sets = [acknowledged, sentRequests, startedAttempts, this.liveAttempts.values(), this.#pruned];
    return [this.commits, ...sets.map((set) => [...set].sort().join()), this.lastChangeMs].join(';');
  }

  /** The state after a commit, from the whole history. */
  stateAt(seq: number): Cluster | undefined {
    return seq === 0 ? emptyCluster : this.#history[seq - 1]?.cluster;
  }

  note(line: string): void {
    this.lines.push(`${(this.#disk.nowMs() / 1000).toFixed(3)} ${line}`);
  }

  #guard(look: () => void): void {
    if (this.problem !== undefined) return;
    try {
      look();
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.problem = error instanceof BrokenPromise ? error : new BrokenPromise(message);
    }
  }

  #entry(path: string, inode: Inode | undefined, machine: string): void {
    if (!path.startsWith(this.#root)) return;
    const [folder = '', name = '', file] = path.slice(this.#root.length + 1).split('/');
    const seq = seqOfName(name);
    if (folder === 'log' && seq !== undefined && inode === undefined) this.#pruned.add(seq);
    if (folder === 'log' && seq !== undefined && inode !== undefined) this.#committed(seq, inode, machine);
    if (folder === 'checkpoints' && seq !== undefined && inode !== undefined) this.#saved(seq, inode);
    if (folder === 'jobs' && file === 'pulse' && inode?.kind === 'file')
      this.pulses.said(Number(name), new TextDecoder().decode(inode.content).trim(), this.#disk.nowMs());
    if (folder === 'inbox' && inode === undefined && !name.startsWith('.')) this.allKept();
  }

  #committed(seq: number, inode: Inode, machine: string): void {
    if (inode.kind !== 'file') broken(`log: ${seq} is a folder`);
    const last = this.#history.length;
    const before = this.#history[seq - 1];
    if (seq <= last) {
      // One that was pruned while somebody had it open on NFS lives on under another name.
      const isPruned = this.#pruned.has(seq);
      if (!isPruned && before !== undefined && before.inode.links > 0)
        broken(`log: entry ${seq} was replaced`);
      this.note(`${machine}: links the pruned name ${seq}`);
      return;
    }
    if (seq > last + 1) broken(`log: entry ${seq} follows on ${last}`);
    const { head, events } = decodeCommit(inode.content, seqName(seq));
    this.note(`commit ${seq} by ${head.writer}: ${events.map(shownEvent).join('; ')}`);
    const early = this.#lives.follow(this.cluster, events);
    if (early !== undefined) broken(early);
    const cluster = reduceCommit(this.cluster, seq, events);
    invariants(cluster);
    this.steps.follow(this.cluster, events);
    for (const event of events) if (event.name === 'jobAllocated') hasWhatItNamed(cluster, event.id);
    const handled = events.flatMap((event) => (event.name === 'requestHandled' ? event.requestId : []));
    for (const event of events) {
      if (event.name !== 'nodeReleased' && event.name !== 'attemptLost') continue;
      if (cluster.jobs.get(event.id)?.state === 'PENDING') this.triedAgain += 1;
      const key = `${event.id}.${event.attempt}`;
      // What may be left on another node that is lost stays with that node, and is given back by it.
      const isFirst = this.#places.get(key) === event.node;
      if ((isFirst || event.name === 'nodeReleased') && this.#living.has(`${key}@${event.node}`))
        broken(`job ${key} was released on ${event.node} while its processes live there`);
    }
    this.#history.push({ inode, events, cluster, handled });
    this.lastChangeMs = this.#disk.nowMs();
    this.allKept();
  }

  #saved(seq: number, inode: Inode): void {
    if (inode.kind !== 'file') broken(`checkpoint ${seq} is a folder`);
    const saved = decodeCheckpoint(inode.content, `checkpoint ${seq}`);
    const state = this.stateAt(seq);
    this.note(`checkpoint ${seq}`);
    if (state === undefined) broken(`checkpoint ${seq} is of a state that never was`);
    const what = difference(saved, state);
    if (what !== undefined) broken(`checkpoint ${seq} is not what the history gives: ${what}`);
  }

  machineDown(nodes: readonly string[]): void {
    this.steps.machineDown(nodes);
    this.pulses.machineDown();
    for (const one of [...this.#living]) {
      const [key = '', node = ''] = one.split('@');
      const [jobId, attempt] = key.split('.');
      if (nodes.includes(node)) this.ended({ jobId: Number(jobId), attempt: Number(attempt), node });
    }
  }

  /** A machine went down: commits that nobody had made durable may be gone. */
  afterLoss(): void {
    this.#guard(() => {
      const folder = this.#disk.find(`${this.#root}/log`);
      const names = folder?.kind === 'folder' ? folder.entries : new Map<string, Inode>();
      while (this.#history.length > 0) {
        const seq = this.#history.length;
        const entry = this.#history[seq - 1];
        if (entry?.inode.kind === 'file' && names.get(seqName(seq)) === entry.inode) {
          decodeCommit(entry.inode.content, seqName(seq));
          break;
        }
        if ([...names.keys()].some((name) => (seqOfName(name) ?? 0) > seq))
          broken(`log: entry ${seq} is lost`);
        this.note(`commit ${seq} is lost with its machine`);
        this.#history.pop();
      }
      this.#hasNoGap(names);
      this.allKept();
    });
  }

  /** All entries after the newest checkpoint are there. */
  #hasNoGap(names: ReadonlyMap<string, Inode>): void {
    const folder = this.#disk.find(`${this.#root}/checkpoints`);
    const checkpoints = folder?.kind === 'folder' ? [...folder.entries.keys()] : [];
    const newest = Math.max(0, ...checkpoints.map((name) => seqOfName(name) ?? 0));
    for (let seq = newest + 1; seq <= this.#history.length; seq += 1)
      if (!names.has(seqName(seq))) broken(`log: entry ${seq} is lost, and a later one is not`);
  }

  /** Nothing that was acknowledged is lost: it waits in the inbox or is in the log. */
  allKept(): void {
    const { jobs, closed } = this.cluster;
    let inbox: ReturnType<Watchman['inbox']> | undefined;
    for (const id of this.acknowledged) {
      if (jobs.has(id) || rangesHas(closed, id)) continue;
      inbox ??= this.inbox();
      if (!inbox.some(({ request }) => request.name === 'submit' && request.jobId === id))
        broken(`job ${id} was acknowledged and is lost`);
    }
    for (const id of this.sentRequests) {
      if (this.#history.some((entry) => entry.handled.includes(id))) continue;
      inbox ??= this.inbox();
      if (!inbox.some(({ requestId }) => requestId === id))
        broken(`request ${id} was acknowledged and is lost`);
    }
  }

  inbox(): readonly { readonly requestId: string; readonly request: Request }[] {
    const folder = this.#disk.find(`${this.#root}/inbox`);
    if (folder?.kind !== 'folder') return [];
    return [...folder.entries].flatMap(([name, inode]) => {
      if (name.startsWith('.') || inode.kind !== 'file') return [];
      const known = this.#requests.get(inode) ?? JSON.parse(new TextDecoder().decode(inode.content));
      this.#requests.set(inode, known);
      return known;
    });
  }

  /** What the job's script does; it is an error when the room has lost it. */
  planOf(path: string, disk: Disk): JobPlan {
    const inode = disk.find(path);
    try {
      if (inode?.kind === 'file') return JSON.parse(new TextDecoder().decode(inode.content));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    this.#guard(() => broken(`${path}: the script is lost or cut short`));
    return { ms: 1, code: 127, onTerm: 'end', orphanMs: 0 };
  }

  acknowledge(jobId: number): void {
    this.#guard(() => {
      this.note(`acknowledged job ${jobId}`);
      this.acknowledged.add(jobId);
      this.allKept();
    });
  }

  acknowledgeRequest(requestId: string): void {
    this.#guard(() => {
      this.sentRequests.add(requestId);
      this.allKept();
    });
  }

  started({ jobId, attempt, node, gpus = [] }: RunFacts): void {
    this.#guard(() => {
      const key = `${jobId}.${attempt}`;
      this.note(`starts ${key} on ${node} GPUs ${gpus.map((gpu) => gpu.index).join(',')}`);
      if (this.startedAttempts.has(key)) broken(`attempt ${key} is started twice`);
      if (this.liveAttempts.has(jobId)) broken(`job ${jobId} runs twice at a time`);
      this.startedAttempts.add(key);
      this.#places.set(key, node);
      this.liveAttempts.set(jobId, key);
      for (const { index } of gpus) {
        const owner = this.#owners.get(`${node}:${index}`);
        if (owner !== undefined) broken(`GPU ${index} of ${node} is used by ${owner} and ${key}`);
        this.#owners.set(`${node}:${index}`, key);
      }
      const job = this.cluster.jobs.get(jobId);
      if (job === undefined || !isActive(job) || job.attempt !== attempt)
        broken(`${key} starts, though the log does not say that it has nodes`);
    });
  }

  /** A process of the attempt began on the node. */
  came({ jobId, attempt, node }: JobFacts): void {
    this.#living.add(`${jobId}.${attempt}@${node}`);
  }

  /** The last process of the attempt on the node is gone. */
  ended({ jobId, attempt, node }: JobFacts): void {
    const key = `${jobId}.${attempt}`;
    this.#living.delete(`${key}@${node}`);
    if (this.liveAttempts.get(jobId) !== key || this.#places.get(key) !== node) return;
    this.note(`ends ${key}`);
    this.liveAttempts.delete(jobId);
    for (const [gpu, owner] of this.#owners) if (owner === key) this.#owners.delete(gpu);
  }
}

export function areSame(one: Cluster, other: Cluster): boolean {
  return difference(one, other) === undefined;
}

/** The first lines in which two states differ, whatever the order of their fields. */
function difference(one: Cluster, other: Cluster): string | undefined {
  if (one === other) return undefined;
  const [lines, others] = [sortedLines(one), sortedLines(other)];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return at < 0 && lines.length === others.length
    ? undefined
    : `${lines[at]?.slice(0, 400)}\n  instead of ${others[at]?.slice(0, 400)}`;
}

function sortedLines(cluster: Cluster): readonly string[] {
  const lines = new TextDecoder().decode(encodeCheckpoint(cluster, 0)).trimEnd().split('\n');
  // The last one holds the checksum, which is of the fields in their order. Which jobs share what they ask
  // for is no part of the state: each is compared as a whole.
  const others = lines.slice(0, -1).map((line) => JSON.parse(line, sorted));
  const jobs = [...cluster.jobs.values()].map((job) => JSON.parse(JSON.stringify(job), sorted));
  return [...others.filter((line) => !('job' in line)), ...jobs].map((line) => JSON.stringify(line));
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shownEvent(event: ClusterEvent): string {
  const id = 'id' in event ? ` ${event.id}` : '';
  const attempt = 'attempt' in event ? `.${event.attempt}` : '';
  const node =
    'node' in event ? ` ${event.node}` : event.name === 'nodeRegistered' ? ` ${event.record.name}` : '';
  const ids = 'ids' in event ? ` ${event.ids.join(',')}` : '';
  return `${event.name}${id}${attempt}${node}${ids}`;
}

import type { Random } from '../fakes/random.ts';
import type { Machine } from './machine.ts';
import type { Actor, Call, Fate, Judge } from './scheduler.ts';

/** How often what goes wrong, in one world. */
export interface Weather {
  readonly crash: number;
  readonly crashesMax: number;
  readonly pause: number;
  readonly delay: number;
  readonly error: number;
  readonly replay: number;
  readonly oldListing: number;
  /** How often a shim is long in taking its marker. */
  readonly slowStart: number;
  /** How often a machine loses the file server for a while, in cuts a minute. */
  readonly cuts: number;
}

export const calm: Weather = {
  crash: 0,
  crashesMax: 0,
  pause: 0,
  delay: 0,
  error: 0,
  replay: 0,
  oldListing: 0,
  slowStart: 0,
  cuts: 0,
};

export function weatherOf(random: Random, isNetwork: boolean): Weather {
  const some = (rate: number): number => (random() < 0.6 ? rate * random() : 0);
  return {
    crash: some(0.02),
    crashesMax: 1 + Math.floor(random() * 8),
    pause: some(0.01),
    delay: some(0.02),
    error: some(0.01),
    replay: isNetwork ? some(0.02) : 0,
    oldListing: isNetwork ? some(0.2) : 0,
    slowStart: some(0.5),
    cuts: some(1),
  };
}

/** What happened, for the summary and the trace. */
export interface Counts {
  readonly operations: Set<string>;
  readonly crashPoints: Map<string, number>;
  readonly faults: Map<string, number>;
}

const recentKept = 40;
const nameChanges: ReadonlySet<string> = new Set(['link', 'rename', 'unlink', 'mkdir', 'rmdir']);
/** Where sleeping does most harm: the steps that decide who was first, and all that a shim does. */
const decisive: ReadonlySet<string> = new Set(['link', 'rename', 'spawn']);
const decisiveWeight = 5;
const slowStartMsMax = 20_000;
const wholeSystem: ReadonlySet<string> = new Set([
  ...['spawn', 'isAlive', 'members', 'signal', 'lock', 'usage'],
]);

interface ChaosWorld {
  nowMs(): number;
  /** The actor dies in this call. */
  onCrash(call: Call): void;
  /** A daemon or a supervisor cannot do what it would in the rooms of a job's steps. */
  onUnread(jobId: number): void;
  /** The daemon that started this shim shall die soon. */
  onSlowStart(call: Call): void;
}

/** Decides what becomes of each call, by the seed. */
export class Chaos implements Judge {
  weather: Weather;
  readonly counts: Counts = { operations: new Set(), crashPoints: new Map(), faults: new Map() };
  readonly recent: { readonly call: Call; readonly fate: Fate; readonly nowMs: number }[] = [];
  readonly #random: Random;
  readonly #nowMs: () => number;
  readonly #onCrash: (call: Call) => void;
  readonly #onSlowStart: (call: Call) => void;
  readonly #onUnread: (jobId: number) => void;
  readonly #seen = new Set<string>();
  readonly #begun = new WeakSet<Actor>();
  readonly #cutUntilMs = new Map<Machine, number>();
  #crashes = 0;

  constructor(random: Random, weather: Weather, world: ChaosWorld) {
    this.#random = random;
    this.weather = weather;
    this.#nowMs = world.nowMs;
    this.#onCrash = world.onCrash;
    this.#onSlowStart = world.onSlowStart;
    this.#onUnread = world.onUnread;
  }

  fateOf(call: Call): Fate {
    const random = this.#random;
    const { crash, crashesMax, pause, delay, error, replay } = this.weather;
    const rate = call.isChange ? 1 : 0.15;
    const crashWeight = rate * (decisive.has(call.op) ? decisiveWeight : 1);
    if (random() < crash * crashWeight && this.#crashes < crashesMax) {
      return { kind: random() < 0.5 ? 'crash-before' : 'crash-after' };
    }
    const weight = rate * (decisive.has(call.op) || call.actor.kind === 'shim' ? decisiveWeight : 1);
    if (random() < pause * weight) {
      this.count('pause');
      call.actor.pausedUntilMs = this.#nowMs() + longMs(random);
      return { kind: 'delay', ms: 0 };
    }
    if (random() < delay * weight) {
      this.count('slow call');
      return { kind: 'delay', ms: longMs(random) };
    }
    if (this.#isStart(call) && random() < this.weather.slowStart) {
      this.count('slow start');
      // The daemon may be gone before its shim has begun.
      if (random() < 0.4) this.#onSlowStart(call);
      return { kind: 'delay', ms: random() * slowStartMsMax };
    }
    if (wholeSystem.has(call.op)) return { kind: 'go' };
    if (this.#isCut(call)) return { kind: 'error', code: 'EIO', takesEffect: false };
    if (random() < error) {
      const fate = errorOf(call, random);
      this.count(`${fate.code}${fate.takesEffect ? ' after it took effect' : ''}`);
      return fate;
    }
    if (nameChanges.has(call.op) && random() < replay) {
      this.count('lost reply');
      return { kind: 'replay' };
    }
    return { kind: 'go' };
  }

  /** The machine does not reach the file server for so long. */
  cut(machine: Machine, ms: number): void {
    this.count('link cut');
    this.#cutUntilMs.set(machine, this.#nowMs() + ms);
  }

  #isCut({ actor, path }: Call): boolean {
    const untilMs = this.#cutUntilMs.get(actor.machine) ?? 0;
    return this.weather.cuts > 0 && this.#nowMs() < untilMs && !path.startsWith('/local');
  }

  /** A shim's first call; later ones find it here. */
  #isStart({ actor }: Call): boolean {
    if (actor.kind !== 'shim' || this.#begun.has(actor)) return false;
    this.#begun.add(actor);
    return true;
  }

  crash(call: Call, fate: Fate): void {
    this.#crashes += 1;
    const point = `${operationOf(call)} ${fate.kind.slice('crash-'.length)}`;
    const { crashPoints } = this.counts;
    crashPoints.set(point, (crashPoints.get(point) ?? 0) + 1);
    this.#onCrash(call);
  }

  settled(): void {}

  record(call: Call, fate: Fate): void {
    const [, job] = /^\/spool\/jobs\/(\d+)/.exec(call.path) ?? [];
    if (job !== undefined && fate.kind === 'error') this.#onUnread(Number(job));
    const seen = `${call.actor.kind} ${call.op} ${call.path}`;
    if (!this.#seen.has(seen)) this.counts.operations.add(operationOf(call));
    this.#seen.add(seen);
    this.recent.push({ call, fate, nowMs: this.#nowMs() });
    if (this.recent.length > recentKept * 2) this.recent.splice(0, recentKept);
  }

  count(fault: string): void {
    this.counts.faults.set(fault, (this.counts.faults.get(fault) ?? 0) + 1);
  }

  trace(): readonly string[] {
    return this.recent.slice(-recentKept).map(({ call, fate, nowMs }) => {
      const what = fate.kind === 'go' ? '' : `  [${JSON.stringify(fate)}]`;
      return `${(nowMs / 1000).toFixed(3)} ${call.actor.name}: ${call.op} ${call.path}${what}`;
    });
  }
}

/** Most last a moment, some longer than any time-out. */
function longMs(random: Random): number {
  return 10 ** (random() * 5.3);
}

function errorOf(call: Call, random: Random): Extract<Fate, { kind: 'error' }> {
  const codes = call.isChange ? ['EIO', 'ENOSPC', 'EDQUOT', 'ETIMEDOUT'] : ['EIO', 'ESTALE', 'ETIMEDOUT'];
  const code = codes[Math.floor(random() * codes.length)] ?? 'EIO';
  const takesEffect = nameChanges.has(call.op) && code !== 'ENOSPC' && code !== 'EDQUOT' && random() < 0.5;
  return { kind: 'error', code, takesEffect };
}

/** The operation by name: who, what, and on which kind of file. */
export function operationOf({ actor, op, path }: Call): string {
  return `${actor.kind} ${op} ${kindOf(path)}`;
}

function kindOf(path: string): string {
  return path
    .replace(/^\/spool\//, '')
    .replace(/^\/local\/[^/]+/, 'local')
    .replace(/\.tmp\.[\w-]+/, 'TMP')
    .replace(/\.nfs[0-9a-f]+/, 'NFS')
    .replace(/[0-9A-Z]{20,}/g, 'ID')
    .replace(/\bnode\d+/, 'NODE')
    .replace(/\d+/g, 'N');
}

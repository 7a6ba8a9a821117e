import { type FactCluster, startCluster } from './cluster.ts';
import { compare, type Difference, type Outcome } from './compare.ts';
import { type Fact, idsShown, textsOf } from './fact.ts';
import type { Ground } from './ground.ts';
import { layQueue, perform, tidy } from './perform.ts';
import { firstIds, inputsOf, type Scene, sceneOf, sleepSeconds } from './scenes.ts';

/*
 * Most of the time of most facts is sleep, so several clusters work at once, each on one fact after the
 * other. A fact's jobs get the ids that they had when it was captured; since ids only rise, a cluster takes
 * facts in the order of their ids, and one that is behind them is made anew.
 */

export interface Verdict {
  readonly fact: Fact;
  readonly differences: readonly Difference[];
  readonly seconds: number;
}

interface Work {
  readonly fact: Fact;
  readonly scene: Scene;
  readonly firstId: number | undefined;
}

/** A queue is made anew before the first of its jobs ends by itself. */
const queueMsMax = 150_000;
/** What sleeps longer is begun first. */
const longSeconds = 20;

export interface PoolOptions {
  readonly jobs: number;
  readonly ground: () => Promise<Ground>;
  readonly onVerdict: (verdict: Verdict) => void;
}

export async function judgeAll(facts: readonly Fact[], options: PoolOptions): Promise<void> {
  const queue = inOrder(facts.map(workOf));
  const workers = Array.from({ length: Math.min(options.jobs, queue.length) }, () => worker(queue, options));
  await Promise.all(workers);
}

function workOf(fact: Fact): Work {
  const scene = sceneOf(fact);
  const shown = Math.min(...idsShown(textsOf(fact)));
  return { fact, scene, firstId: firstIds[fact.id] ?? (Number.isFinite(shown) ? shown : undefined) };
}

/** Long ones first, then those on the shared queue, then by their ids. */
function inOrder(work: readonly Work[]): Work[] {
  const rank = ({ fact, scene }: Work): number => {
    if (fact.id.startsWith('timelimit.') || sleepSeconds(fact.cmd) > longSeconds) return 0;
    return scene.onQueue ? 1 : 2;
  };
  return work.toSorted((one, other) => rank(one) - rank(other) || (one.firstId ?? 0) - (other.firstId ?? 0));
}

async function worker(queue: Work[], options: PoolOptions): Promise<void> {
  const holder = new Holder(options.ground);
  try {
    for (let work = queue.shift(); work !== undefined; work = queue.shift()) {
      const begin = performance.now();
      const outcome = await attempt(work, holder);
      const differences = compare(work.fact, outcome, inputsOf(work.fact, work.scene));
      options.onVerdict({ fact: work.fact, differences, seconds: (performance.now() - begin) / 1000 });
    }
  } finally {
    await holder.close();
  }
}

async function attempt(work: Work, holder: Holder): Promise<Outcome> {
  const { fact, scene, firstId } = work;
  const cluster = scene.onQueue ? await holder.withQueue() : await holder.empty(firstId);
  const before = cluster.lastId();
  const outcome = await perform(fact, scene, {
    cluster,
    firstId: scene.onQueue ? undefined : firstId,
    ageSeconds: holder.queueSeconds(),
  });
  const hasJobs = !scene.onQueue && (outcome.ours.last >= outcome.ours.first || cluster.lastId() !== before);
  const isSpoilt = scene.spoils || String(outcome.exit).startsWith('none');
  if (isSpoilt || (hasJobs && !(await tidy(cluster)))) await holder.close();
  return outcome;
}

/** The cluster of a worker, made anew when the next fact needs another. */
class Holder {
  readonly #ground: () => Promise<Ground>;
  #cluster: FactCluster | undefined;
  /** When the shared queue was made; undefined while there is none. */
  #queueMs: number | undefined;

  constructor(ground: () => Promise<Ground>) {
    this.#ground = ground;
  }

  async empty(firstId: number | undefined): Promise<FactCluster> {
    const isBehind = firstId !== undefined && (this.#cluster?.lastId() ?? 0) >= firstId;
    if (isBehind || this.#queueMs !== undefined) await this.close();
    return this.#fresh();
  }

  async withQueue(): Promise<FactCluster> {
    const isYoung = this.#queueMs !== undefined && performance.now() - this.#queueMs < queueMsMax;
    if (isYoung && this.#cluster !== undefined) return this.#cluster;
    await this.close();
    const cluster = await this.#fresh();
    await layQueue(cluster);
    this.#queueMs = performance.now();
    return cluster;
  }

  queueSeconds(): number {
    return this.#queueMs === undefined ? 0 : (performance.now() - this.#queueMs) / 1000;
  }

  async #fresh(): Promise<FactCluster> {
    this.#cluster ??= await startCluster(await this.#ground());
    return this.#cluster;
  }

  async close(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    this.#queueMs = undefined;
    await cluster?.close();
  }
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captured, queueFirstId, queueSetup } from './captured.ts';
import type { FactCluster, Ran } from './cluster.ts';
import type { Outcome } from './compare.ts';
import type { Fact } from './fact.ts';
import type { Ground } from './ground.ts';
import { placed, type Scene, slowedBy } from './scenes.ts';

/** How long a line may take beyond the sleeps that stand in it. */
const lineMsMax = 90_000;
const limitMsMax = 240_000;
const jobsMsMax = 40_000;
/** What was cancelled ends at once, or the cluster is given up. */
const tidyMsMax = 6000;
/** As long after its submission the captured queue was looked at. */
const queueAgeMs = 3000;
const fileBytesMax = 1_000_000;

/** Runs a fact's lines and gives what came of them. `firstId` is the id for its first job. */
export async function perform(
  fact: Fact,
  scene: Scene,
  how: {
    readonly cluster: FactCluster;
    readonly firstId: number | undefined;
    readonly ageSeconds?: number;
  },
): Promise<Outcome> {
  const { cluster, firstId } = how;
  const { places, names } = cluster.ground;
  if (!scene.onQueue) cluster.sweep();
  if (firstId !== undefined && firstId > cluster.lastId()) cluster.nextId(firstId);
  const first = scene.onQueue ? queueFirstId : cluster.lastId() + 1;
  layScripts(cluster.work, fact, cluster.ground);
  for (const { who, line } of scene.before) await cluster.run(placed(line, places), { who });
  const msMax = fact.id.startsWith('timelimit.') ? limitMsMax : lineMsMax;
  const ran = await cluster.run(slowedBy(scene, places.run) + placed(scene.cmd, places), {
    msMax,
    ...(fact.env !== undefined && { env: fact.env }),
    ...(fact.stdin !== undefined && { stdin: fact.stdin }),
  });
  if (fact.files !== undefined) await cluster.isEmpty(jobsMsMax);
  const files = fact.files === undefined ? undefined : filesBelow(cluster.work);
  const post = fact.post_cmd === undefined ? undefined : await cluster.run(placed(fact.post_cmd, places));
  if (scene.isEarly || scene.isEnding) await cluster.resume();
  const named = (text: string): string => withCapturedNames(text, names);
  const shown = ({ stdout, stderr, exit }: Ran): Ran => ({
    stdout: named(stdout),
    stderr: named(stderr),
    exit,
  });
  return {
    ...shown(ran),
    ...(files !== undefined && {
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [named(name), named(text)])),
    }),
    ...(post !== undefined && { post: shown(post) }),
    ours: { first, last: cluster.lastId() },
    ageSeconds: how.ageSeconds ?? 0,
  };
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Makes the queue of tab.squeue in a fresh cluster. */
export async function layQueue(cluster: FactCluster): Promise<void> {
  await cluster.pause();
  for (const [index, line] of queueSetup.entries()) {
    cluster.nextId(queueFirstId + index);
    await cluster.run(line);
  }
  // Whatever is refused today has its id all the same: the facts name the later ones.
  cluster.nextId(queueFirstId + queueSetup.length);
  await cluster.resume();
  await passed(queueAgeMs);
}

/** Ends all jobs; false if the cluster is not as empty as a new one. */
export async function tidy(cluster: FactCluster): Promise<boolean> {
  await cluster.run(`scancel -u ${captured.user}`);
  return cluster.isEmpty(tidyMsMax);
}

function layScripts(work: string, fact: Fact, ground: Ground): void {
  for (const [name, text] of Object.entries(fact.scripts ?? {})) {
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), placed(text, ground.places));
  }
}

function filesBelow(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const pairs = files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1), readFileSync(path, 'utf8').slice(0, fileBytesMax)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Puts the captured names where those of a plain ground stand; blanks beside them keep columns in place. */
export function withCapturedNames(text: string, names: Ground['names']): string {
  return names.reduce((changed, [here, there]) => {
    const escaped = here.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const form = new RegExp(String.raw`( *)(?<![\w.-])${escaped}(?![\w-])( *)`, 'g');
    return changed.replace(form, (_, before: string, after: string) => {
      const missing = here.length - there.length;
      // A column that is aligned to the right has its blanks before it, one to the left behind it.
      if (before.length > 1) return `${resized(before, missing)}${there}${after}`;
      return `${before}${there}${after.length > 1 ? resized(after, missing) : after}`;
    });
  }, text);
}

function resized(blanks: string, more: number): string {
  return ' '.repeat(Math.max(1, blanks.length + more));
}

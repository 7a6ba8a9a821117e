import type { Listed } from './differences.ts';
import type { Verdict } from './pool.ts';

/** What is printed of one fact; nothing of one that is met. */
export function shown(
  { fact, differences, seconds }: Verdict,
  listed: Listed | undefined,
  { isBrief }: { readonly isBrief: boolean },
): string {
  if (differences.length === 0) {
    if (listed === undefined) return '';
    const { why, reason } = listed;
    const what = why === 'on purpose' ? 'different on purpose' : 'not met yet';
    return `${fact.id}: listed as ${what}, and is met: ${reason}\n`;
  }
  const parts = differences.map(({ part, name }) => (name === undefined ? part : `${part} ${name}`));
  const head = `${listed?.why.toUpperCase() ?? 'FAILED'} ${fact.id} [${fact.topic}]`;
  if (isBrief) return `${head}: ${parts.join(', ')}\n`;
  const lines = [
    '',
    `${head} ${fact.shows ?? ''} (${seconds.toFixed(1)} s)`,
    ...(listed === undefined ? [] : [`  reason: ${listed.reason}`]),
    `  $ ${fact.cmd}`,
    ...differences.flatMap((difference, index) => [
      `  ${parts[index]}: - Slurm's, + ours`,
      ...difference.lines.map((line) => `    ${line}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Passed and all, by topic. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const topics = new Map<string, { passed: number; all: number }>();
  for (const { fact, differences } of verdicts) {
    const counts = topics.get(fact.topic) ?? { passed: 0, all: 0 };
    counts.all += 1;
    if (differences.length === 0) counts.passed += 1;
    topics.set(fact.topic, counts);
  }
  const rows = [...topics].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return rows
    .map(
      ([topic, { passed, all }]) => `${String(passed).padStart(4)} of ${String(all).padStart(3)}  ${topic}\n`,
    )
    .join('');
}

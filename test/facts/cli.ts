import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { root } from '../e2e/tools/cluster.ts';
import { type Listed, readDifferences } from './differences.ts';
import { type Fact, readFacts } from './fact.ts';
import { containedGround, type Ground, plainGround, whyPlain } from './ground.ts';
import { judgeAll, type Verdict } from './pool.ts';
import { shown, tableOf } from './report.ts';

/*
 * npm run facts -- FILE.jsonl [--topic T] [--id ID] [--only FILE] [--failed FILE] [--jobs N] [--brief]
 *
 * Runs what was captured of a real Slurm against our commands, on a live cluster set up like the captured
 * one, and prints what differs. What is listed (differences.json, unmet.json) counts as failed too. The
 * exit status is 1 if a fact failed that is not.
 *
 * Captures look at what goes on at certain moments, and several clusters keep a small machine busier than the
 * captured one was. What failed beside others is therefore run once more with the machine to itself, and only
 * that counts.
 */

const usage = `usage: npm run facts -- FILE.jsonl [option...]
  --topic T      only facts whose topic has T in it
  --id ID        only this fact; ID* for all that begin so; may be repeated
  --only FILE    only facts whose ids stand in the file, one a line
  --failed FILE  write the ids of those that failed there
  --jobs N       so many clusters at once
  --brief        one line for each that failed
`;

interface Words {
  readonly file: string;
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly isBrief: boolean;
}

const withValue = ['--topic', '--id', '--only', '--failed', '--jobs'];
/** More processes than processors: most of them sleep most of the time. */
const clustersPerProcessor = 3;

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const words = parse(argv);
  if (words === undefined) {
    out(usage);
    return 2;
  }
  const facts = chosen(readFacts(words.file), words);
  if (facts.length === 0) {
    out('facts: error: no fact matches\n');
    return 2;
  }
  const listed = readDifferences();
  const verdicts: Verdict[] = [];
  const why = whyPlain();
  if (why !== undefined) out(`NOT CONTAINED: host, user and home are renamed in what is printed: ${why}\n`);
  const ground = (): Promise<Ground> => (why === undefined ? containedGround(root) : plainGround(root));
  const jobs = Number(words.options.get('--jobs')?.at(-1) ?? availableParallelism() * clustersPerProcessor);
  const again: Fact[] = [];
  const tell = (verdict: Verdict): void => {
    verdicts.push(verdict);
    out(shown(verdict, listed.get(verdict.fact.id), { isBrief: words.isBrief }));
  };
  await judgeAll(facts, {
    jobs,
    ground,
    onVerdict(verdict) {
      const { fact, differences } = verdict;
      if (jobs === 1 || differences.length === 0 || listed.has(fact.id)) tell(verdict);
      else again.push(fact);
    },
  });
  if (again.length > 0) out(`\nonce more, one at a time: ${again.map(({ id }) => id).join(' ')}\n`);
  await judgeAll(again, { jobs: 1, ground, onVerdict: tell });
  return report(verdicts, { listed, failedFile: words.options.get('--failed')?.at(-1), out });
}

function report(
  verdicts: readonly Verdict[],
  how: {
    readonly listed: ReadonlyMap<string, Listed>;
    readonly failedFile: string | undefined;
    readonly out: (text: string) => void;
  },
): number {
  const { listed, failedFile, out } = how;
  const failed = verdicts.filter(({ differences }) => differences.length > 0).map(({ fact }) => fact.id);
  if (failedFile !== undefined) writeFileSync(failedFile, failed.map((id) => `${id}\n`).join(''));
  out(`\n${tableOf(verdicts)}\n`);
  for (const why of ['on purpose', 'not yet'] as const) {
    const count = failed.filter((id) => listed.get(id)?.why === why).length;
    out(`${count} of those that failed ${why === 'on purpose' ? 'differ on purpose' : 'are not met yet'}\n`);
  }
  out(`${verdicts.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.some((id) => !listed.has(id)) ? 1 : 0;
}

function parse(argv: readonly string[]): Words | undefined {
  const options = new Map<string, string[]>();
  const operands: string[] = [];
  let isBrief = false;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const value = argv[at + 1];
    if (withValue.includes(word) && value !== undefined) {
      options.set(word, [...(options.get(word) ?? []), value]);
      at += 1;
    } else if (word === '--brief') isBrief = true;
    else if (word.startsWith('-')) return undefined;
    else operands.push(word);
  }
  const jobs = Number(options.get('--jobs')?.at(-1) ?? 1);
  const [file] = operands;
  if (file === undefined || operands.length > 1 || !(Number.isInteger(jobs) && jobs > 0)) return undefined;
  return { file, options, isBrief };
}

function chosen(facts: readonly Fact[], { options }: Words): readonly Fact[] {
  const topics = options.get('--topic');
  const ids = options.get('--id');
  const only = options.get('--only')?.flatMap((path) => readFileSync(path, 'utf8').split(/\s+/));
  const isNamed = (id: string, name: string): boolean =>
    name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name;
  return facts.filter(
    ({ id, topic }) =>
      (topics?.some((one) => topic.includes(one)) ?? true) &&
      (ids?.some((one) => isNamed(id, one)) ?? true) &&
      (only?.includes(id) ?? true),
  );
}

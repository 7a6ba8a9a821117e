import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/*
 * Nothing is accepted and ignored: what a job may ask for and what may be said of a partition is read by
 * somebody who acts by it, and not only stored and shown.
 */

/** The checkout; compiled, this file lies in build/test/tidy/. */
const folder = new URL('../../../src/', import.meta.url);
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);

/** Who says what the words are, checks, stores, changes or shows them. */
const passes = [
  ...['tables/', 'commands/submission/', 'commands/scontrol/', 'core/wishes.ts', 'core/decide-update.ts'],
  ...['model/spec.ts', 'model/config.ts', 'model/request.ts', 'model/partitionwords.ts'],
];
const readers = paths
  .filter((path) => !passes.some((one) => path.startsWith(one)))
  .map((path) => readFileSync(new URL(path, folder), 'utf8'))
  .join('\n');

/** What is for people to read, and what needs no act: why. */
const shownOnly: Readonly<Record<string, string>> = {
  delayBootMinutes: 'refused now; jobs of earlier programs may have it',
  gresFlags: 'GPUs here belong to no CPUs; shown by scontrol',
  oversubscribe: 'jobs share CPUs where a partition lets them, and none does here',
  priorityJobFactor: 'refused unless it is 1, which is what holds',
  tresPerSocket: 'shown: the needs are in `gpus`',
  waitAllNodes: 'all nodes of a job are up when it starts: it is met at once',
};

function wordsOf(path: string, from: string, to: string): readonly string[] {
  const text = readFileSync(new URL(path, folder), 'utf8');
  const block = text.slice(text.indexOf(from), text.indexOf(to));
  return [...block.matchAll(/^ {2}(\w+)(?::|,$)/gm)].map(([, word = '']) => word);
}

const words = [
  ...wordsOf('model/spec.ts', 'const sinceFormat3', 'const specKeysSinceFormat3'),
  ...wordsOf('model/spec.ts', 'const required', 'export const jobSpecSchema'),
  ...wordsOf('model/config.ts', 'const changeable', 'export const partitionConfigSchema'),
];

const unread = words.filter((word) => !new RegExp(`\\b${word}\\b`).test(readers));

test('every word of a job and of a partition is acted by', () => {
  assert.ok(words.length > 90, `found ${words.length} words`);
  assert.deepEqual(
    unread.filter((word) => !(word in shownOnly)),
    [],
  );
});

test('no word is excused without need', () => {
  assert.deepEqual(
    Object.keys(shownOnly).filter((word) => !unread.includes(word)),
    [],
  );
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable } from '../../src/base/text.ts';
import { parseArraySpec } from '../../src/model/arrayspec.ts';
import { parseConstraint } from '../../src/model/constraint.ts';
import { parseNodeCount } from '../../src/model/counts.ts';
import { parseCpuBind } from '../../src/model/cpubind.ts';
import { parseDependency } from '../../src/model/dependency.ts';
import { parseDistribution } from '../../src/model/distribution.ts';
import { parseExclusive } from '../../src/model/exclusive.ts';
import { parseExport } from '../../src/model/exportspec.ts';
import { expandFilePattern } from '../../src/model/filepattern.ts';
import { parseGpuBind } from '../../src/model/gpubind.ts';
import { parseGpuCount, parseGres } from '../../src/model/gres.ts';
import { parseHints } from '../../src/model/hint.ts';
import { formatHostlist, hostsMax, parseHostlist } from '../../src/model/hostlist.ts';
import { parseIndexList } from '../../src/model/indexlist.ts';
import { parseLicenses } from '../../src/model/licenses.ts';
import { parseMailTypes } from '../../src/model/mailtypes.ts';
import { parseMemoryMb } from '../../src/model/memory.ts';
import { parsePriority } from '../../src/model/priority.ts';
import { parseRlimits } from '../../src/model/rlimits.ts';
import { parseSignalName } from '../../src/model/signals.ts';
import { parseSignalSpec } from '../../src/model/signalspec.ts';
import { parseTimeLimit } from '../../src/model/timelimit.ts';
import { parseTres } from '../../src/model/tres.ts';
import { textLine } from '../../src/system/logger.ts';
import { parseTargets } from '../../src/tables/options/targets.ts';

/** Pieces that mean something in one of the little languages, and some that mean harm. */
const pieces = [
  'n',
  'gpu',
  '[',
  ']',
  '1',
  '0',
  '007',
  '-',
  ',',
  ':',
  '%',
  '=',
  '+',
  '.',
  '_',
  '(',
  ')',
  ' ',
  '\t',
  '\n',
  '99999999999',
  '4294967296',
  '9007199254740993',
  '1e9',
  '0x10',
  'NaN',
  'Infinity',
  '-1',
  '0-999999999',
  'K',
  'M',
  'G',
  'T',
  'days',
  'UNLIMITED',
  'ALL',
  'NONE',
  'NIL',
  'per',
  'a100',
  'gres',
  '%j',
  '%1000000000j',
  '%A',
  '\\',
  '"',
  "'",
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  '漢',
  '💀',
  '__proto__',
  'constructor',
] as const;

/** A text of the pieces, or one of them very often. */
export const oddTexts: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join('')),
    weight: 8,
  },
  fc
    .tuple(
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 2, max: 3000 }),
    )
    .map(([all, count]) => all.join('').repeat(count)),
  fc.string({ maxLength: 30, unit: 'binary' }),
);

const place = {
  jobId: 7,
  jobName: 'n',
  user: 'u',
  host: 'h',
  node: 'n',
  nodeIndex: 0,
  taskIndex: 0,
} as const;

const submitLanguages: readonly ((text: string) => unknown)[] = [
  parseConstraint,
  parseCpuBind,
  parseDependency,
  parseDistribution,
  parseExclusive,
  parseGpuBind,
  parseHints,
  parseLicenses,
  parseMailTypes,
  parsePriority,
  parseRlimits,
  parseSignalSpec,
  parseTres,
];

/** Each of them answers: a value within its bounds, or nothing. */
function answer(text: string): void {
  const hosts = parseHostlist(text);
  assert.ok(hosts === undefined || hosts.length <= hostsMax);
  if (hosts !== undefined) formatHostlist(hosts);
  const tasks = parseArraySpec(text, 100_001)?.tasks ?? [];
  assert.ok(tasks.length <= 100_001 && tasks.every((task) => task < 100_001));
  assert.ok((parseIndexList(text) ?? []).length <= 65_536);
  for (const parse of [parseTimeLimit, parseMemoryMb, parseNodeCount, parseGres, parseGpuCount]) parse(text);
  for (const parse of [parseExport, parseSignalName, parseTargets]) parse(text);
  for (const parse of submitLanguages) parse(text);
  assert.ok(expandFilePattern(text, { ...place, step: 'batch' }).length < 10_000 + 20 * text.length);
  assert.doesNotMatch(printable(text), /[\p{Cc}\p{Cf}\p{Cs}]/u);
  const line = textLine(JSON.stringify({ level: 'info', time: 0, msg: text, [text]: text }));
  assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Cs}]/u);
}

export const littleLanguages = fc.property(oddTexts, answer);

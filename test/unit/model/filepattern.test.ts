import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandFilePattern, type FilePatternContext } from '../../../src/model/filepattern.ts';
import { texts } from './texts.ts';

const batch: FilePatternContext = {
  jobId: 600,
  jobName: 'nam',
  user: 'alice',
  host: 'vm',
  node: 'cpu01',
  nodeIndex: 0,
  taskIndex: 0,
  step: 'batch',
};
const step: FilePatternContext = { ...batch, jobId: 638, step: 0, taskIndex: 1 };
const arrayTask: FilePatternContext = { ...batch, jobId: 622, arrayJobId: 621, arrayTaskId: 9 };

/** Files of batch jobs that the real one made. */
const batchFiles: readonly (readonly [string, string])[] = [
  ['slurm-%j.out', 'slurm-600.out'],
  ['o-%6j.txt', 'o-000600.txt'],
  ['o-%12j.txt', 'o-0000000600.txt'],
  ['p%10j', 'p0000000600'],
  ['p%999999999999j', 'p0000000600'],
  ['p%1j', 'p600'],
  ['p%05j', 'p00600'],
  ['o-%0j.txt', 'o-600.txt'],
  ['p%00j', 'p600'],
  ['o-%A.txt', 'o-600.txt'],
  ['p%4A', 'p0600'],
  ['o-%a.txt', 'o-4294967294.txt'],
  ['p%2a', 'p4294967294'],
  ['o-%x.txt', 'o-nam.txt'],
  ['p%10x', 'pnam'],
  ['o-%N.txt', 'o-vm.txt'],
  ['p%4N', 'pvm'],
  ['o-%n.txt', 'o-0.txt'],
  ['o-%t.txt', 'o-0.txt'],
  ['o-%3t-%2n.txt', 'o-000-00.txt'],
  ['o-%u.txt', 'o-alice.txt'],
  ['p%8u', 'palice'],
  ['p%J', 'p600'],
  ['p%8J', 'p00000600'],
  ['p%s', 'pbatch'],
  ['p%4s', 'pbatch'],
  ['p%jj', 'p600j'],
  ['p%j%t%n%N%u%x%A%a', 'p60000vmalicenam6004294967294'],
  // Percent signs and what is unknown.
  ['o-%%j.txt', 'o-%j.txt'],
  ['%%%j', '%600'],
  ['%%%%j', '%%j'],
  ['%j%%', '600%'],
  ['p%%', 'p%'],
  ['o-%', 'o-%'],
  ['o-%Z.txt', 'o-%Z.txt'],
  ['p%b', 'p%b'],
  ['p%h', 'p%h'],
  ['p% j', 'p% j'],
  ['p%-5j', 'p%-5j'],
  ['p%5', 'p5'],
  ['p%12', 'p2'],
  ['p%5Z', 'p5Z'],
  ['p%123Z', 'p3Z'],
  ['p%3b', 'p3b'],
  ['p%5%q', 'p5%q'],
  ['p%3%t', 'p30'],
  // A backslash turns patterns off and vanishes.
  ['o-\\%j.txt', 'o-%j.txt'],
  ['a\\b%j', 'ab%j'],
  ['a\\\\b-%j', 'a\\b-%j'],
  ['x%j\\', 'x%j'],
  ['\\x%j', 'x%j'],
  ['p\\%%t', 'p%%t'],
];

for (const [pattern, expected] of batchFiles) {
  test(`batch file ${pattern}`, () => assert.equal(expandFilePattern(pattern, batch), expected));
}

const otherFiles: readonly (readonly [string, FilePatternContext, string])[] = [
  ['slurm-%A_%a.out', arrayTask, 'slurm-621_9.out'],
  ['o_%A_%4a.txt', arrayTask, 'o_621_0009.txt'],
  ['arr%J-%j-%s-%5A', arrayTask, 'arr622-622-batch-00621'],
  ['r-%t.txt', step, 'r-1.txt'],
  ['r-%2t.txt', step, 'r-01.txt'],
  ['p%12t', step, 'p0000000001'],
  ['r-%j.%s-%t.txt', step, 'r-638.0-1.txt'],
  ['r-%J.txt', step, 'r-638.0.txt'],
  ['p%8J', step, 'p00000638.0'],
  ['p%12J', step, 'p0000000638.0'],
  ['p%4s', step, 'p0000'],
  ['p%3s%2t', step, 'p00001'],
  ['p%a', step, 'p4294967294'],
];

for (const [pattern, context, expected] of otherFiles) {
  test(`file ${pattern} of step ${context.step}`, () => {
    assert.equal(expandFilePattern(pattern, context), expected);
  });
}

test('what a job is called is not expanded again', () => {
  assert.equal(expandFilePattern('name-%x', { ...batch, jobName: 'a%jb' }), 'name-a%jb');
  assert.equal(expandFilePattern('name-%x', { ...batch, jobName: 'a$&b\\c' }), 'name-a$&b\\c');
});

test('a text without patterns stays, and doubling percent signs keeps any of them', () => {
  fc.assert(
    fc.property(texts('%jAatN0123456789/.'), (text) => {
      if (!/[%\\]/.test(text)) assert.equal(expandFilePattern(text, batch), text);
      if (!text.includes('\\')) assert.equal(expandFilePattern(text.replaceAll('%', '%%'), batch), text);
      assert.ok(expandFilePattern(text, step).length <= 11 * text.length);
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSinfo } from '../../../../src/commands/sinfo/options.ts';

function line(words: readonly string[]): string | undefined {
  const read = readSinfo(words, {});
  assert.ok('failed' in read, words.join(' '));
  assert.equal(read.failed.exitCode, 1);
  return read.failed.lines[0];
}

test('faults are told as by Slurm (captures "errors.sinfo" and observed)', () => {
  assert.equal(line(['-t', 'foo']), 'sinfo: error: Bad state string: "foo"');
  assert.equal(line(['-t', 'idle&foo']), 'sinfo: error: Bad state string: "foo"');
  assert.equal(line(['-i', '0']), 'sinfo: error: Error: invalid entry for --iterate=0');
  assert.match(line(['-a', '-p', 'x']) ?? '', /^sinfo: error: Conflicting options, -a and -p, specified/);
  assert.equal(line(['foo', '-h', '--foo']), "sinfo: unrecognized option '--foo'");
  assert.equal(line(['--parti']), "sinfo: option '--partition' requires an argument");
  assert.match(line(['-l', '-o', '%n']) ?? '', /^sinfo: fatal: Options -o\(--format\) and -l\(--long\)/);
});

test('operands are not minded, and all else is read', () => {
  const words = ['foo', '-hNl', '-p', 'a,b', '-n', 'n[1-2]', '--gpus', '-s', '-Onodelist', '-tIDLE,mix'];
  assert.deepEqual(readSinfo(words, { SINFO_FORMAT: '%n' }), {
    values: {
      noheader: true,
      node: true,
      long: true,
      partitions: ['a', 'b'],
      nodes: ['n1', 'n2'],
      gpus: true,
      summarize: true,
      states: { names: ['idle', 'mixed'], isAll: false },
      format: '%n',
      longFormat: 'nodelist',
    },
    operands: ['foo'],
  });
});

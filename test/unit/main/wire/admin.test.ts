import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMgpuError } from '../../../../src/base/error.ts';
import { mgpuProgram } from '../../../../src/commands/mgpu/options.ts';
import { readAdmin, textOf } from '../../../../src/main/wire/admin.ts';

async function words(...argv: readonly string[]) {
  const reading = await readAdmin(mgpuProgram, 'mgpu', argv);
  return 'shown' in reading ? assert.fail(reading.shown) : reading;
}

describe('readAdmin', () => {
  test('a command with its operand and options', async () => {
    const { command, words: read } = await words('init', '/shared/x', '--name', 'lab', '--no-fsync');
    assert.equal(command, 'init');
    assert.deepEqual(
      [textOf(read, 'dir'), textOf(read, 'name'), read['no-fsync']],
      ['/shared/x', 'lab', true],
    );
  });

  test('an option of the program before or after the command', async () => {
    for (const argv of [
      ['--spool', '/s', 'doctor'],
      ['doctor', '--spool=/s'],
    ]) {
      assert.equal(textOf((await words(...argv)).words, 'spool'), '/s');
    }
  });

  test('help and version are shown, not done', async () => {
    for (const [argv, expected] of [
      [['--help'], /mgpu doctor/],
      [['init', '--help'], /--no-fsync/],
      [['--version'], /^mgpu \d/],
      [['-V'], /^mgpu \d/],
    ] as const) {
      const reading = await readAdmin(mgpuProgram, 'mgpu', argv);
      assert.ok('shown' in reading && expected.test(reading.shown), argv.join(' '));
    }
  });

  test('mistakes', async () => {
    for (const argv of [
      [],
      ['init'],
      ['nosuch'],
      ['doctor', 'x'],
      ['doctor', '--speed'],
      ['doctor', '--spool'],
    ]) {
      await assert.rejects(words(...argv), (error) => isMgpuError(error, 'USAGE'), argv.join(' '));
    }
  });

  test('an option that is given twice', async () => {
    const { words: read } = await words('doctor', '--spool', '/a', '--spool', '/b');
    assert.throws(() => textOf(read, 'spool'), /expected one text/);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fishCompletion } from '../../../../src/tables/completions/fish.ts';
import type { Completion } from '../../../../src/tables/completions/model.ts';

const completion: Completion = {
  command: 'mgpu_test',
  options: [
    { long: 'file', letter: 'f', arg: 'required', values: 'file', metavar: 'file', help: "it's one" },
    { long: 'mode', arg: 'required', values: ['on', 'off'], metavar: 'on|off', help: 'mode' },
    { long: 'dir', arg: 'required', values: 'dir', metavar: 'dir', help: 'dir' },
    { long: 'on', arg: 'none', values: 'any', metavar: '', help: 'on' },
  ],
  subcommands: [],
  operand: 'none',
};

test('each option is a line', () => {
  const text = fishCompletion([completion]);
  const lines = text.slice(text.indexOf('complete -c')).split('\n');
  assert.deepEqual(lines, [
    'complete -c mgpu_test -f',
    "complete -c mgpu_test -s f -l file -r -F -d 'it\\'s one'",
    "complete -c mgpu_test -l mode -x -a 'on off' -d 'mode'",
    "complete -c mgpu_test -l dir -x -a '(__fish_complete_directories)' -d 'dir'",
    "complete -c mgpu_test -l on -d 'on'",
    '',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Completion } from '../../../../src/tables/completions/model.ts';
import { zshCompletion } from '../../../../src/tables/completions/zsh.ts';

const completion: Completion = {
  command: 'mgpu_test',
  options: [
    {
      long: 'file',
      letter: 'f',
      arg: 'required',
      values: 'file',
      metavar: 'file',
      help: "a [file]: it's one",
    },
    { long: 'mode', arg: 'required', values: ['on', 'off'], metavar: 'on|off', help: 'mode' },
    { long: 'ids', letter: 'i', arg: 'optional', values: 'any', metavar: 'ids', help: 'ids' },
    { long: 'verbose', letter: 'v', arg: 'none', values: 'any', metavar: '', help: 'more' },
  ],
  subcommands: [],
  operand: 'file',
};

test('specifications are quoted for _arguments', () => {
  const expected = `case $service in
  mgpu_test)
    _arguments -s -S -A '-*' \\
      '(-f --file)'{-f+,--file=}'[a \\[file\\]\\: it'\\''s one]:file:_files' \\
      '--mode=''[mode]:on|off:(on off)' \\
      '(-i --ids)'{-i-,--ids=-}'[ids]::ids: ' \\
      '*'{-v,--verbose}'[more]' \\
      '1:script:_files' \\
      '*::argument:_files'
    ;;
esac
`;
  const text = zshCompletion([completion]);
  assert.match(text, /^#compdef mgpu_test\n/);
  assert.equal(text.slice(text.indexOf('case $service')), expected);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mgpuProgram } from '../../../../src/commands/mgpu/options.ts';
import { adminManualPage, manualPage } from '../../../../src/tables/man/page.ts';
import { type CommandTable, ok } from '../../../../src/tables/row.ts';

interface Values {
  readonly name?: string;
}

const table: CommandTable<Values> = {
  program: 'test',
  summary: 'test a page',
  rows: [
    { long: 'begin', arg: 'none', help: 'begin', refused: 'not supported' },
    {
      long: 'name',
      short: 'n',
      aliases: ['title'],
      arg: 'required',
      metavar: 'text',
      key: 'name',
      parse: (text) => ok(text),
      env: { test: ['TEST_NAME'] },
      help: 'a name',
    },
  ],
  order: 'stop',
  usageExitCode: 1,
  operands: '[file]',
  readSwitch: () => true,
};
const command = 'mgpu_test';

test('a page holds the prose with what the tables say in its places', () => {
  const prose = {
    text: '# OPTIONS\n{{options}}\n\n# REFUSED\n{{refused}}\n\n# ENVIRONMENT\n{{environment}}\n',
  };
  const expected = `.TH MGPU_TEST 1 2026-11-22 mgpu "mgpu manual"
.SH NAME
mgpu_test \\- test a page
.SH SYNOPSIS
\\fBmgpu_test\\fR [\\fIoption\\fR...] [\\fIfile\\fR]
.SH OPTIONS
.SS Options
.TP
\\fB\\-n\\fR, \\fB\\-\\-name\\fR=\\fItext\\fR, \\fB\\-\\-title\\fR=\\fItext\\fR
A name.
.SH REFUSED
.TP
Not supported
\\fB\\-\\-begin\\fR.
.SH ENVIRONMENT
.TP
\\fBTEST_NAME\\fR
As \\fB\\-\\-name\\fR.
`;
  assert.equal(manualPage(table, { command, prose }), expected);
});

test('a placeholder that is missing, there twice or unknown is an error', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['{{options}}\n{{refused}}', /has to hold \{\{environment\}\} once/],
    ['{{options}}\n{{refused}}\n{{options}}\n{{environment}}', /has to hold \{\{options\}\} once/],
    ['{{options}}\n{{refused}}\n{{environment}}\n{{colour}}', /nothing to put in place of \{\{colour\}\}/],
  ];
  for (const [text, message] of faults) {
    assert.throws(() => manualPage(table, { command, prose: { text } }), { code: 'PROSE', message });
  }
  assert.throws(() => adminManualPage(mgpuProgram, { section: 1, prose: { text: '{{options}}' } }), {
    code: 'PROSE',
  });
});

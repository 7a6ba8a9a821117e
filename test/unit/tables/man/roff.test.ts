import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roff } from '../../../../src/tables/man/roff.ts';

test('the markup becomes macros', () => {
  const markup = `
# FIRST
One *thing*,
two \`-x\`.

Another paragraph.

= \`--one\`
  the first
= two
  the second

    $ run --it
    .not a macro
`;
  const expected = `.SH FIRST
One \\fIthing\\fR,
two \\fB\\-x\\fR.
.PP
Another paragraph.
.TP
\\fB\\-\\-one\\fR
the first
.TP
two
the second
.PP
.RS 4
.EX
$ run \\-\\-it
\\&.not a macro
.EE
.RE
`;
  assert.equal(roff(markup), expected);
});

test('what roff would take for itself comes out as it is', () => {
  assert.equal(roff('a\\b ~x ^y'), '.PP\na\\eb \\(tix \\(hay\n');
  assert.equal(roff("'quote\n.dot"), ".PP\n\\&'quote\n\\&.dot\n");
  assert.equal(roff('`\'a\' "b" a-b`'), '.PP\n\\fB\\(aqa\\(aq \\(dqb\\(dq a\\-b\\fR\n');
  assert.equal(roff('2 * 3 * 4'), '.PP\n2 * 3 * 4\n');
  assert.equal(roff('\n\n'), '');
});

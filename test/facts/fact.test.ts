import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDifferences } from './differences.ts';
import { readFacts } from './fact.ts';
import type { Verdict } from './pool.ts';
import { shown, tableOf } from './report.ts';

const plain = { id: 'a', topic: 't', cmd: 'true', stdout: '', stderr: '', exit: 0 };

function read(...lines: readonly object[]): readonly unknown[] {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-facts-test-'));
  try {
    writeFileSync(join(folder, 'f.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return readFacts(join(folder, 'f.jsonl'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a fact is one line', () => {
  assert.equal(read(plain, { ...plain, id: 'b' }).length, 2);
});

test('a line that is no fact is named', () => {
  assert.throws(() => read(plain, { ...plain, id: 'b', exit: 'zero' }), /f\.jsonl:2/);
  assert.throws(() => read(plain, plain), /two facts have the id a/);
  for (const name of ['/etc/passwd', '../x', 'a/../../x'])
    assert.throws(() => read({ ...plain, scripts: { [name]: '' } }), /outside the working folder/);
});

test('every difference on purpose has its reason', () => {
  for (const [id, { reason }] of readDifferences()) assert.ok(reason.length > 20, id);
});

test('a difference on purpose is shown as such and counts as failed', () => {
  const verdict: Verdict = {
    fact: plain,
    differences: [{ part: 'exit', lines: ['- 0', '+ 1'] }],
    seconds: 1,
  };
  const listed = { why: 'on purpose', reason: 'for a reason' } as const;
  assert.match(shown(verdict, { ...listed, why: 'not yet' }, { isBrief: true }), /^NOT YET a /);
  assert.match(shown(verdict, listed, { isBrief: true }), /^ON PURPOSE a .*exit\n$/);
  assert.match(shown(verdict, listed, { isBrief: false }), /reason: for a reason/);
  assert.match(shown(verdict, undefined, { isBrief: true }), /^FAILED a /);
  assert.equal(tableOf([verdict, { ...verdict, differences: [] }]), '   1 of   2  t\n');
  assert.match(shown({ ...verdict, differences: [] }, listed, { isBrief: true }), /and is met/);
  assert.equal(shown({ ...verdict, differences: [] }, undefined, { isBrief: true }), '');
});

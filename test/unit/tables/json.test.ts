import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { dumpOf, dumpText, type Json, jsonOf } from '../../../src/tables/json.ts';

const value: Json = {
  text: 'a/b "c"\n',
  none: null,
  empty: '',
  list: [],
  whole: { fraction: 4 },
  part: { fraction: 0.5 },
  inner: { '0': [1, { yes: true }] },
};

test('JSON is spelled as Slurm spells it, and is JSON', () => {
  const text = dumpText(value, 'json');
  assert.equal(
    text,
    String.raw`{
  "text": "a\/b \"c\"\n",
  "none": null,
  "empty": "",
  "list": [
  ],
  "whole": 4.0,
  "part": 0.5,
  "inner": {
    "0": [
      1,
      {
        "yes": true
      }
    ]
  }
}
`,
  );
  assert.deepEqual(JSON.parse(text).inner, { 0: [1, { yes: true }] });
});

test('YAML names every type, and is read back as the same', () => {
  const text = dumpText(value, 'yaml');
  assert.match(
    text,
    /^%YAML 1\.1\n--- !!map\n!!str text: !!str "a\/b \\"c\\"\\n"\n!!str none: !!null null\n/,
  );
  assert.match(text, /\n!!str whole: !!float 4\.000000\n/);
  assert.match(text, /\n!!str list: !!seq \[\]\n/);
  assert.deepEqual(parse(text), {
    text: 'a/b "c"\n',
    none: null,
    empty: null,
    list: [],
    whole: 4,
    part: 0.5,
    inner: { '0': [1, { yes: true }] },
  });
});

test('texts that YAML would take for something else are quoted', () => {
  for (const text of ['a: b', '- x', '#x', '{a}', 'a #b', '*x', '&x', ' x', 'x ', '%x', "'", 'é', 'x:']) {
    assert.deepEqual(parse(dumpText({ text }, 'yaml')), { text }, text);
  }
});

test('nothing reaches a terminal that it would act on', () => {
  const text = 'a\u009b2J\u202e\ud800\u{e0001}\u001b[2J';
  for (const form of ['json', 'yaml'] as const) {
    const dump = dumpText({ text }, form);
    assert.doesNotMatch(dump, /[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u);
  }
  assert.equal(JSON.parse(dumpText({ text }, 'json')).text, text);
});

test('a dump says which release it speaks, and an item has the fields of its rows in their order', () => {
  const fields = [
    { name: 'b', get: (item: number) => item },
    { name: 'gone', get: () => undefined },
    { name: 'a', get: () => 'x' },
  ];
  const dump = JSON.parse(dumpText(dumpOf('jobs', [jsonOf(fields, 7)], '22.05.8'), 'json'));
  assert.deepEqual(dump.meta.Slurm, { version: { major: 22, micro: 8, minor: 5 }, release: '22.05.8' });
  assert.equal(JSON.stringify(dump.jobs), '[{"b":7,"a":"x"}]');
});

// Each rule bites: bad snippets, and the good ones next to them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemsOf } from './rules.ts';
import { importsOf, parseSource } from './source.ts';

const bad: readonly (readonly [path: string, text: string, problem: string])[] = [
  ['src/core/a.ts', "import { b } from '../store/b.ts';\n", '1: core may not import store: ../store/b.ts'],
  [
    'src/core/a.ts',
    "\nimport type { B } from '../store/b.ts';\n",
    '2: core may not import store: ../store/b.ts',
  ],
  ['src/core/a.ts', "export * from '../tables/b.ts';\n", '1: core may not import tables: ../tables/b.ts'],
  [
    'src/core/x/a.ts',
    "type B = import('../../store/b.ts').B;\n",
    '1: core may not import store: ../../store/b.ts',
  ],
  [
    'src/store/a.ts',
    "f(await import('../system/b.ts'));\n",
    '1: store may not import system: ../system/b.ts',
  ],
  [
    'src/system/a.ts',
    "import {\n  b,\n} from '../core/b.ts';\n",
    '1: system may not import core: ../core/b.ts',
  ],
  ['src/base/a.ts', "import '../model/b.ts';\n", '1: base may not import model: ../model/b.ts'],
  ['src/base/a.ts', "import { b } from './b.js';\n", '1: name the file that is imported, with .ts: ./b.js'],
  ['src/base/a.ts', "import { b } from '../../test/b.ts';\n", '1: imports from outside src: ../../test/b.ts'],
  [
    'src/store/a.ts',
    "import { join } from 'node:path';\n",
    '1: only system and main name packages: node:path',
  ],
  ['src/store/a.ts', "import type { Argv } from 'yargs';\n", '1: only system and main name packages: yargs'],
  [
    'src/system/a.ts',
    "import chalk from 'chalk';\n",
    '1: import a package by import(), so that only its users load it: chalk',
  ],
  ['src/attic/a.ts', '', '1: no such room: attic'],
  ['src/model/utils/a.ts', '', '1: name it for what it holds'],
  ['src/model/helpers.ts', '', '1: name it for what it holds'],
  ['src/core/a.ts', 'const a = Math.random();\n', '1: Math.random has no place in core'],
  ['src/agent/a.ts', 'const a = Math.random();\n', '1: Math.random has no place in agent'],
  ['src/core/a.ts', 'async () => {};\n', '1: async has no place in core'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the snippet is code.
  ['src/core/a.ts', 'const a = `${x(`}`)} ${await b}`;\n', '1: await has no place in core'],
  [
    'src/store/a.ts',
    'try {\n  a();\n} catch {\n  b();\n}\n',
    '3: a catch says why, names a code or throws again',
  ],
  ['src/store/a.ts', 'a().catch(() => undefined);\n', '1: a catch says why, names a code or throws again'],
  ['src/store/a.ts', `// ${'FIX'}${'ME'} later\n`, `1: ${'FIX'}${'ME'} left behind`],
  ['test/a.ts', `${' '.repeat(110)};\n`, '1: more than 110 columns'],
  ['scripts/a.mjs', ';\n'.repeat(501), '502: more than 500 lines'],
];

const good: readonly (readonly [path: string, text: string])[] = [
  ['src/core/a.ts', "import type { B } from '../model/b.ts';\nimport { c } from './c.ts';\n"],
  ['src/core/a.ts', "// import { b } from '../store/b.ts';\nconst text = 'async Math.random()';\n"],
  ['src/core/a.ts', 'const a = /[/\'"`]async/.test(b) ? c / d : "await";\n'],
  ['src/system/a.ts', "import { join } from 'node:path';\nimport type { Argv } from 'yargs';\n"],
  ['src/system/a.ts', "const { default: chalk } = await import('chalk');\n"],
  ['src/main/a.ts', "import { run } from '../commands/squeue/run.ts';\n"],
  ['src/store/a.ts', "try {\n  a();\n} catch (error) {\n  if (error.code !== 'ENOENT') throw error;\n}\n"],
  ['src/store/a.ts', 'try {\n  a();\n} catch {\n  // Nobody waits for it.\n}\n'],
  ['src/store/a.ts', '// Nobody waits for it.\na().catch(() => undefined);\n'],
  ['test/a.ts', `${' '.repeat(109)};\n`],
  ['scripts/a.mjs', ';\n'.repeat(500)],
];

describe('rules', () => {
  for (const [path, text, problem] of bad) {
    test(`${path} fails: ${problem}`, () => assert.deepEqual(problemsOf(path, text), [`${path}:${problem}`]));
  }
  for (const [path, text] of good) {
    test(`${path} passes: ${JSON.stringify(text.slice(0, 60))}`, () =>
      assert.deepEqual(problemsOf(path, text), []));
  }
});

test('imports are found in every form and told apart', () => {
  const text = [
    "import a, { b } from './a.ts';",
    "import type from './b.ts';",
    "import type { c } from './c.ts';",
    "export type * from './d.ts';",
    "const e = import('./e.ts');",
    "const f = 'import(`./f.ts`)';",
    "export const g = { from: './g.ts' };",
  ].join('\n');
  assert.deepEqual(
    importsOf(parseSource(text)).map(({ specifier, kind, line }) => `${line} ${kind} ${specifier}`),
    ['1 static ./a.ts', '2 static ./b.ts', '3 type ./c.ts', '4 type ./d.ts', '5 dynamic ./e.ts'],
  );
});

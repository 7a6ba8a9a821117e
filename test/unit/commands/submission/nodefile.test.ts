import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withNodefile } from '../../../../src/commands/submission/nodefile.ts';

const files: Readonly<Record<string, string>> = {
  nf: 'gpu01\ngpu02\n',
  list: 'gpu[01-02] cpu01,n1 # these\n# and no more\n',
  './nf': 'gpu03\n',
  twice: 'gpu02*2\ngpu[03-04]*2,gpu01*0\n',
  empty: '\n# nothing\n',
  bad: 'n[1-\n',
};
const readText = async (path: string) => {
  const text = files[path];
  return text === undefined ? { fault: 'No such file or directory' } : { text };
};

test('a file names the nodes, and wins over a list (observed)', async () => {
  assert.deepEqual(await withNodefile({ nodefile: 'nf', nodelist: ['x'] }, 'sbatch', readText), {
    values: { nodelist: ['gpu01', 'gpu02'] },
  });
  assert.deepEqual(await withNodefile({ nodefile: 'list' }, 'sbatch', readText), {
    values: { nodelist: ['gpu01', 'gpu02', 'cpu01', 'n1'] },
  });
  assert.deepEqual(await withNodefile({ nodelist: ['./nf'] }, 'sbatch', readText), {
    values: { nodelist: ['gpu03'] },
  });
  assert.deepEqual(await withNodefile({ nodelist: ['n1'] }, 'sbatch', readText), {
    values: { nodelist: ['n1'] },
  });
});

test('a name with a star and a number stands there so often', async () => {
  assert.deepEqual(await withNodefile({ nodefile: 'twice' }, 'sbatch', readText), {
    values: { nodelist: ['gpu02', 'gpu02', 'gpu03', 'gpu04', 'gpu03', 'gpu04'] },
  });
});

test('what is wrong with it is told as Slurm does (observed)', async () => {
  const invalid = 'sbatch: error: Invalid --nodefile node file';
  const cases: readonly (readonly [string, string])[] = [
    ['nosuch', 'slurm_allocate_resources error opening file nosuch, No such file or directory'],
    ['empty', 'Hostlist is empty!'],
    ['bad', 'bad: it names no nodes'],
  ];
  for (const [nodefile, what] of cases) {
    const read = await withNodefile({ nodefile }, 'sbatch', readText);
    assert.ok('failed' in read);
    assert.deepEqual(read.failed, { exitCode: 255, lines: [`sbatch: error: ${what}`, invalid] });
  }
});

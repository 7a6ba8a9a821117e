// A user waits for every millisecond that a command takes to load: each bundle has a budget.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './tools/cluster.ts';

const dist = join(root, 'dist');

/** In kB; what a change adds to one of these is worth a second look. */
const budgets: Readonly<Record<string, number>> = {
  complete: 225,
  mgpu: 420,
  mgpud: 405,
  sacct: 310,
  sacctmgr: 255,
  salloc: 380,
  sattach: 255,
  sbatch: 370,
  sbcast: 325,
  scancel: 265,
  scontrol: 395,
  sdiag: 255,
  sinfo: 290,
  sprio: 30,
  squeue: 310,
  srun: 480,
  sshare: 245,
  sstat: 260,
  stepd: 120,
};

test('no bundle grows beyond its budget, and each has one', () => {
  const bundles = readdirSync(dist).filter((name) => name.endsWith('.cjs'));
  assert.deepEqual(
    bundles.sort(),
    Object.keys(budgets)
      .map((name) => `${name}.cjs`)
      .sort(),
  );
  for (const [name, budget] of Object.entries(budgets)) {
    const size = statSync(join(dist, `${name}.cjs`)).size;
    assert.ok(size <= budget * 1000, `${name} has ${size} bytes, more than ${budget} kB`);
  }
});

test('libraries lie in files of their own, read when they are first used', () => {
  const libraries = ['chalk', 'chokidar', 'cli-table3', 'execa', 'pino', 'proper-lockfile', 'yaml', 'yargs'];
  for (const library of libraries) assert.ok(existsSync(join(dist, 'lib', `${library}.cjs`)), library);
  for (const name of Object.keys(budgets)) {
    const text = readFileSync(join(dist, `${name}.cjs`), 'utf8');
    assert.ok(!text.includes('node_modules'), `${name} holds a library`);
  }
});

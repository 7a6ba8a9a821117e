import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mgpuVersion, versionLine } from '../../../src/model/version.ts';

test('Slurm’s name brings Slurm’s words', () => {
  assert.equal(versionLine('squeue'), 'slurm 22.05.8');
  assert.equal(versionLine('mgpu_squeue'), `mgpu_squeue ${mgpuVersion} (slurm 22.05.8)`);
  assert.equal(versionLine('mgpud'), `mgpud ${mgpuVersion} (slurm 22.05.8)`);
});

test('the version is that of the package', () => {
  const path = join(import.meta.dirname, '../../../../package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  assert.equal(mgpuVersion, version);
});

// What `npm install --global` puts in place: commands, manual pages, Slurm's names, completions.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from './tools/cluster.ts';

const run = promisify(execFile);
const manifest: { readonly version: string; readonly bin: object; readonly man: readonly string[] } =
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
let prefix: string;

before(async () => {
  prefix = await mkdtemp(join(tmpdir(), 'mgpu-install-'));
  const options = ['--prefix', prefix, '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', '--global', ...options, root]);
});
after(() => rm(prefix, { recursive: true, force: true }));

test('every command runs from where it was put', async () => {
  const names = Object.keys(manifest.bin);
  assert.ok(names.includes('mgpu_sbatch') && names.includes('mgpud'), names.join(' '));
  for (const name of names) {
    if (name === 'mgpu_complete') continue;
    const { stdout } = await run(join(prefix, 'bin', name), ['--version']);
    assert.match(stdout, new RegExp(`^${name} ${manifest.version.replaceAll('.', '\\.')}\\b`), name);
  }
});

test('its manual page lies where man looks beside a command', () => {
  assert.equal(manifest.man.length, Object.keys(manifest.bin).length - 1);
  for (const path of manifest.man) {
    const page = basename(path);
    const section = page.split('.').at(-1);
    const text = readFileSync(join(prefix, `share/man/man${section}`, page), 'utf8');
    assert.match(text, /^\.TH /m, page);
  }
});

test('Slurm’s names and the completions come along', async () => {
  const packaged = join(prefix, 'lib/node_modules/mgpu');
  const { stdout: version } = await run(join(packaged, 'bin/slurm/sbatch'), ['--version']);
  assert.equal(version, 'slurm 22.05.8\n');
  const { stdout: completion } = await run(join(prefix, 'bin/mgpu'), ['completion', 'bash']);
  assert.match(completion, /mgpu_sbatch/);
});

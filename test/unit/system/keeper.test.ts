import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startKeeper } from '../../../src/system/keeper.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mgpu-keeper-'));
});
after(() => rmSync(folder, { recursive: true }));

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    assert.ok(tries < 200, what);
    await sleep(50);
  }
}

test('a keeper writes the pulse until it is stopped', async () => {
  const pulse = join(folder, 'own');
  const keeper = startKeeper(pulse);
  await until(() => existsSync(pulse) && readFileSync(pulse, 'utf8') === 'pulse 0\n', 'the first pulse');
  keeper.stop();
  await sleep(1500);
  assert.equal(readFileSync(pulse, 'utf8'), 'pulse 0\n');
});

test('a keeper says the end of a process that is killed', async () => {
  const pulse = join(folder, 'other');
  const keeper = join(dirname(fileURLToPath(import.meta.url)), '../../../src/system/keeper.js');
  const script = `import('${keeper}').then(({ startKeeper }) => {
    startKeeper(${JSON.stringify(pulse)});
    setTimeout(() => {}, 60000);
  })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  await until(() => existsSync(pulse) && readFileSync(pulse, 'utf8') !== '', 'the first pulse');
  // Stopped is alive.
  child.kill('SIGSTOP');
  await sleep(1500);
  assert.match(readFileSync(pulse, 'utf8'), /^pulse /);
  child.kill('SIGKILL');
  await until(() => readFileSync(pulse, 'utf8') === 'end 137\n', 'the end is said');
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { limitedWords } from '../../../src/system/limited.ts';

function run(words: readonly string[], env: Record<string, string>): string {
  const [program = '', ...args] = words;
  return execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('a program runs as it is where no limits are to be set', () => {
  assert.deepEqual(limitedWords(['/bin/true', 'a b'], { environment: {} }), ['/bin/true', 'a b']);
});

test('a program has the limits, its number and its own environment', () => {
  const environment = { PATH: '/usr/bin:/bin', 'BASH_FUNC_f%%': '() { :; }', SHLVL: '7' };
  const script =
    'ulimit -Sn; ulimit -Sc; test "$SLURM_TASK_PID" = $$; echo $?; tr "\\0" "\\n" < /proc/$$/environ';
  const words = limitedWords(['/bin/sh', '-c', script], { limits: 'n:64 c:0', environment });
  const [files, core, isOwn, ...variables] = run(words, environment).trimEnd().split('\n');
  assert.deepEqual([files, core, isOwn], ['64', '0', '0']);
  const kept = variables.filter((one) => !one.startsWith('SLURM_TASK_PID='));
  assert.deepEqual(kept.sort(), ['BASH_FUNC_f%%=() { :; }', 'PATH=/usr/bin:/bin', 'SHLVL=7']);
});

test('a program finds its own variables, whatever they are called', () => {
  const environment = { PATH: '/usr/bin:/bin', name: 'a', value: 'b', limit: 'c', letter: 'd', limits: 'e' };
  const words = limitedWords(['/bin/sh', '-c', 'echo $name $value $limit $letter $limits'], {
    limits: 'n:64:NOFILE',
    environment,
  });
  assert.equal(run(words, environment), 'a b c d e\n');
});

test('a limit that cannot be set is told where it was asked for by name', () => {
  const environment = { PATH: '/usr/bin:/bin' };
  const told = limitedWords(['/bin/true'], { limits: 'n:999999999999:NOFILE', environment }).join('\0');
  const said = execFileSync('/bin/sh', ['-c', '"$@" 2>&1', 'sh', ...told.split('\0')], { encoding: 'utf8' });
  assert.equal(said, "slurmstepd: error: Can't propagate RLIMIT_NOFILE of 999999999999 from submit host\n");
  const quiet = limitedWords(['/bin/true'], { limits: 'n:999999999999', environment });
  const silent = execFileSync('/bin/sh', ['-c', '"$@" 2>&1', 'sh', ...quiet], { encoding: 'utf8' });
  assert.equal(silent, '');
});

test('a program whose path env would take for a variable runs too', () => {
  const words = limitedWords(['/tmp/a=b'], { limits: 'c:0', environment: {} });
  assert.equal(words.includes('env'), false);
  assert.equal(words.at(-1), '/tmp/a=b');
});

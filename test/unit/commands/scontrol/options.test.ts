import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScontrol } from '../../../../src/commands/scontrol/options.ts';

function line(...words: readonly string[]): string | undefined {
  const read = readScontrol(words, {});
  assert.ok('failed' in read, words.join(' '));
  assert.equal(read.failed.exitCode, 1);
  return read.failed.lines[0];
}
function command(...words: readonly string[]): object {
  const read = readScontrol(words, {});
  assert.ok('command' in read, words.join(' '));
  return read.command;
}

test('faults are told as by Slurm (captures "errors.scontrol" and observed)', () => {
  assert.equal(line('foo'), 'invalid keyword: foo');
  assert.equal(line('sh', 'job'), 'invalid keyword: sh');
  assert.equal(line('show'), 'too few arguments for keyword:show');
  assert.equal(line('show', 'job', '5', '6'), 'too many arguments for keyword:show');
  assert.equal(line('show', 'foo'), 'invalid entity:foo for keyword:show ');
  assert.equal(line('show', 'job', 'abc'), 'scontrol_print_job error: Invalid job id specified');
  assert.equal(line('show', 'job', '1,2'), 'scontrol_print_job error: Invalid job id specified');
  assert.equal(line('show', 'job', '--foo'), "scontrol: unrecognized option '--foo'");
  assert.equal(line('--oneliner=3'), "scontrol: option '--oneliner' doesn't allow an argument");
});

test('what is not served is refused by name', () => {
  assert.equal(line('notify', '5'), 'scontrol: error: notify is not supported by this release');
  assert.equal(line('REB', 'n1'), 'scontrol: error: reboot is not supported by this release');
  assert.equal(line('show', 'slurmd'), 'scontrol: error: show slurmd is not supported by this release');
});

test('jobs and nodes are shown, one or all, under names cut short', () => {
  assert.deepEqual(command('show', 'job'), { name: 'show job' });
  assert.deepEqual(command('show', 'job', '0'), { name: 'show job' });
  assert.deepEqual(command('SHO', 'Jobs', '12'), { name: 'show job', target: { job: 12 } });
  assert.deepEqual(command('show', 'j', '12_3'), { name: 'show job', target: { job: 12, task: 3 } });
  assert.deepEqual(command('show', 'job=12'), { name: 'show job', target: { job: 12 } });
  assert.deepEqual(command('show', 'n'), { name: 'show cluster', entity: 'nodes' });
  const named = { name: 'show cluster', entity: 'nodes', which: 'n[1-3]' };
  assert.deepEqual(command('show', 'node', 'n[1-3]'), named);
});

test('options may stand behind the command', () => {
  assert.deepEqual(readScontrol(['show', 'job', '5', '-o', '-dd'], {}), {
    values: { oneliner: true, details: true },
    command: { name: 'show job', target: { job: 5 } },
  });
  assert.deepEqual(readScontrol(['version'], {}), { shows: 'version' });
  assert.deepEqual(readScontrol(['help'], {}), { shows: 'help' });
});

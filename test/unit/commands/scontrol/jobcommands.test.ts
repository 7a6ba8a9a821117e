import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { out, queue, scontrol } from './queue.ts';

test('write batch_script', async () => {
  assert.equal(await out('write', 'batch_script', '335', '-'), '#!/bin/sh\ntrue\n');
  const file = await scontrol(['write', 'batch_script', '335']);
  assert.deepEqual([...file.written], [['slurm-335.sh', '#!/bin/sh\ntrue']]);
  assert.equal(file.out, 'batch script for job 335 written to slurm-335.sh\n');
  assert.deepEqual([...(await scontrol(['write', 'batch', '335', 'x.sh'])).written.keys()], ['x.sh']);
  const told = async (...words: string[]) => {
    const { err, exitCode, out: text } = await scontrol(['write', ...words]);
    assert.equal(text, '');
    return `${err}${exitCode}`;
  };
  assert.equal(
    await told('batch_script', '99999', '-'),
    'job script retrieval failed: Invalid job id specified\n0',
  );
  assert.equal(await told('batch_script', 'abc'), 'job script retrieval failed: Invalid job id specified\n0');
  assert.equal(
    await told('batch_script', '339', '-'),
    'job script retrieval failed: Job script not specified\n0',
  );
  assert.equal(
    await told('batch_script', '335', '/nosuch/x'),
    'failed to open file `/nosuch/x`: No such file or directory\n0',
  );
  assert.equal(await told('foo', '3'), 'invalid write argument:foo\n1');
});

test('listpids', async () => {
  const listed = await out('listpids', '335');
  assert.equal(
    listed,
    'PID      JOBID    STEPID   LOCALID GLOBALID\n' +
      '4711     335      batch    -       -       \n4712     335      0        1       1       \n',
  );
  assert.equal(
    await out('listpids', '335.0'),
    'PID      JOBID    STEPID   LOCALID GLOBALID\n4712     335      0        1       1       \n',
  );
  const none = async (...words: string[]) => {
    const { err, exitCode } = await scontrol(['listpids', ...words]);
    return `${err}${exitCode}`;
  };
  assert.equal(await none('335', 'gpu01'), 'There are no steps for job 335 on node gpu01.\n1');
  assert.equal(await none('335.10'), 'StepId=335.10 does not exist on this node.\n1');
  assert.equal(await none('99999'), 'JobId=99999 does not exist on node (null).\n1');
});

test('wait_job', async () => {
  const told = async (job: string) => {
    const { err, exitCode } = await scontrol(['wait_job', job]);
    return `${err}${exitCode}`;
  };
  assert.equal(await told('335'), 'scontrol: Nodes are ready for job 335\n0');
  assert.equal(await told('99999'), 'scontrol: Problem running job 99999\n1');
  assert.equal(await told('337'), 'scontrol: Job 337 no longer running\n1');
  assert.equal(await told('348'), 'scontrol: Job 348 no longer running\n1');
});

describe('without a command', () => {
  test('the lines of the input are commands (capture err.scontrol.noargs)', async () => {
    const nothing = await scontrol([]);
    assert.deepEqual([nothing.out, nothing.err, nothing.exitCode], ['scontrol: \n', '', 0]);
    const lines = ['show hostnames n[1-2]', '', 'exit', 'show hostnames never'];
    const { out: text, exitCode } = await scontrol([], queue, { lines });
    assert.deepEqual(
      [text, exitCode],
      ['scontrol: show hostnames n[1-2]\nn1\nn2\nscontrol: \nscontrol: exit\n', 0],
    );
  });

  test('one that failed is not forgotten, and what is typed is seen as it is typed', async () => {
    const lines = ['foo', 'show hostnames a', '!!', 'oneliner', 'show partition main', 'quit'];
    const { out: text, err, exitCode } = await scontrol([], queue, { lines, isInputTerminal: true });
    assert.equal(err, 'invalid keyword: foo\n');
    assert.equal(exitCode, 1);
    const shown = text.split('scontrol: ');
    assert.deepEqual(shown.slice(0, 5), ['', '', 'a\n', 'a\n', '']);
    assert.match(shown[5] ?? '', /^PartitionName=main AllowGroups=ALL/);
  });
});

test('pidinfo tells the job of a process, and how long it may run', async () => {
  assert.match(
    await out('pidinfo', '4711'),
    /^Slurm JobId=335 ends at \S+\nJob remaining time is (?:\d+ seconds|UNLIMITED)\n$/,
  );
  const { err, exitCode } = await scontrol(['pidinfo', '1']);
  assert.deepEqual([err, exitCode], ['slurm_pid2jobid error: Invalid job id specified\n', 1]);
});

test('completing names only jobs that end', async () => {
  assert.equal(await out('completing'), 'JobId=351 EndTime=2026-11-22T20:43:48 Nodes(COMPLETING)=cpu01\n');
  assert.match((await scontrol(['completing', 'x'])).err, /too many arguments for keyword:completing/);
});

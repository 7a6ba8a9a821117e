import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { now } from '../../../builders.ts';
import { queue, scontrol } from '../queue.ts';

/** What a change of job 337, which waits, is sent as. */
async function change(...words: string[]): Promise<unknown> {
  const { sent, err, exitCode } = await scontrol(['update', 'JobId=337', ...words]);
  assert.deepEqual([err, exitCode, sent.length], ['', 0, 1], words.join(' '));
  const [request] = sent;
  assert.ok(request?.name === 'update');
  assert.deepEqual(request.targets, [{ job: 337 }]);
  return request.change;
}

async function refusal(words: readonly string[], uid = 2001): Promise<string> {
  const { err, exitCode, sent } = await scontrol(['update', ...words], queue, { uid });
  assert.deepEqual([exitCode, sent], [1, []], words.join(' '));
  return err;
}

describe('update', () => {
  test('what a user may change on a pending job (capture update.fields)', async () => {
    const cases: readonly (readonly [string, object])[] = [
      ['JobName=new', { set: { name: 'new' } }],
      ['Partition=main', { set: { partition: 'main' } }],
      ['NumCPUs=2', { set: { cpusPerTask: 2 } }],
      ['NumCPUs=3-8', { set: { cpusPerTask: 3 } }],
      ['CPUsPerTask=2', { set: { cpusPerTask: 2, cpusPerTaskGiven: true } }],
      ['NumTasks=3', { set: { ntasks: 3, ntasksGiven: true } }],
      ['Comment=hi there', { set: { comment: 'hi there' } }],
      ['Comment=', { clear: ['comment'] }],
      ['Nice=10', { set: { nice: 10 } }],
      ['Nice', { set: { nice: 100 } }],
      ['NumNodes=2', { set: { nodes: { min: 2, max: 2 } } }],
      ['ReqNodes=2-3', { set: { nodes: { min: 2, max: 3 } } }],
      ['MinMemoryNode=500', { set: { memoryPerNodeMb: 500, memoryGiven: true } }],
      ['MinMemoryCPU=500', { set: { memoryPerCpuMb: 500, memoryGiven: true } }],
      ['Features=a100', { set: { constraint: 'a100' } }],
      ['Features=', { clear: ['constraint'] }],
      ['Gres=gpu:1', { set: { gpus: [{ count: 1, per: 'node' }], tresPerNode: 'gpu:1' } }],
      [
        'Gres=gpu:a100:2',
        { set: { gpus: [{ count: 2, per: 'node', type: 'a100' }], tresPerNode: 'gpu:a100:2' } },
      ],
      ['Gres=', { set: { gpus: [] } }],
      ['Requeue=0', { set: { requeue: false } }],
      ['Requeue=5', { set: { requeue: true } }],
      ['ReqNodeList=gpu01', { set: { nodelist: ['gpu01'] } }],
      ['ExcNodeList=gpu[01-02]', { set: { exclude: ['gpu01', 'gpu02'] } }],
      ['StdOut=/tmp/x.txt', { set: { output: '/tmp/x.txt' } }],
      ['WorkDir=/tmp', { set: { workDir: '/tmp' } }],
      ['TimeLimit=1-0', { set: { timeLimit: 1440, timeLimitGiven: true } }],
      ['TimeLimit=+10', { set: { timeLimit: 11, timeLimitGiven: true } }],
      ['TimeLimit+=10', { set: { timeLimit: 11, timeLimitGiven: true } }],
      ['Timel=UNLIMITED', { set: { timeLimit: 'UNLIMITED', timeLimitGiven: true } }],
      ['StartTime=now+1hour', { set: { beginTime: now + 3600 } }],
      ['EligibleTime=now', { set: { beginTime: now } }],
      [
        'Dependency=afterany:1',
        { set: { dependency: { any: false, clauses: [{ type: 'afterany', jobId: 1 }] } } },
      ],
      ['Dependency=', { clear: ['dependency'] }],
      ['ArrayTaskThrottle=2', { throttle: 2 }],
      ['QOS=normal', { set: { qos: 'normal' } }],
      ['Account=proj', { set: { account: 'proj' } }],
      ['WCKey=k', { set: { wckey: 'k' } }],
      ['MailUser=x', { set: { mailUser: 'x' } }],
      ['MailType=END,fail', { set: { mailTypes: ['END', 'FAIL'] } }],
      ['ReqCores=2', { set: { coresPerSocket: 2 } }],
      ['MinTmpDiskNode=100', { set: { tmpPerNodeMb: 100 } }],
      ['Switches=1@10', { set: { switches: { count: 1, waitSeconds: 10 } } }],
      ['Priority=0', { priority: 0 }],
    ];
    for (const [word, expected] of cases) assert.deepEqual(await change(word), expected, word);
    assert.deepEqual(await change('comment=x', 'NICE=3', 'Comment='), {
      set: { comment: 'x', nice: 3 },
      clear: ['comment'],
    });
  });

  test('what is refused, with Slurm’s words', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['Partition=nosuch', 'Invalid partition name specified for job 337\n'],
      ['Priority=5', 'Access/permission denied for job 337\n'],
      ['Deadline=now+1days', 'Access/permission denied for job 337\n'],
      ['Shared=yes', 'Access/permission denied for job 337\n'],
      ['Contiguous=yes', 'Access/permission denied for job 337\n'],
      ['CoreSpec=1', 'Access/permission denied for job 337\n'],
      ['Nice=-10', 'Access/permission denied for job 337\n'],
      ['Shared=x', 'scontrol: error: Invalid OverSubscribe value: x\n'],
      ['Requeue=x', 'scontrol: error: Invalid Requeue value: x\n'],
      ['MinMemoryNode=1G', 'scontrol: error: Invalid MinMemoryNode value: 1G\n'],
      [
        'NumCPUs=abc',
        'scontrol: error: Invalid numeric value "abc" for NumCPUs.\n' +
          'scontrol: error: Invalid NumCPUs value: abc\n',
      ],
      ['Features=nosuch', 'Invalid feature specification for job 337\n'],
      ['ReqNodeList=nosuch', 'Invalid node name specified for job 337\n'],
      ['ExcNodeList=nosuch', 'Invalid node name specified for job 337\n'],
      ['Licenses=foo:1', 'Invalid license specification for job 337\n'],
      ['Reservation=x', 'Requested reservation is invalid for job 337\n'],
      ['TimeLimit=abc', 'scontrol: error: Invalid TimeLimit value\n'],
      ['TimeMin=xx', 'scontrol: error: Invalid TimeMin value\n'],
      ['TimeMin=5-0', "Invalid time-min specification (exceeds job's time or other limits) for job 337\n"],
      ['StartTime=abc', 'Invalid time specification (pos=0): abc\nNo changes specified\n'],
      ['EndTime=now+1hour', 'Job is not running for job 337\n'],
      ['Dependency=bad', 'Job dependency problem for job 337\n'],
      ['Dependency=afterok:337', 'Job dependency problem for job 337\n'],
      ['Foo=5', 'Update of this parameter is not supported: Foo=5\nRequest aborted\n'],
      ['StdErr=/tmp/x', 'Update of this parameter is not supported: StdErr=/tmp/x\nRequest aborted\n'],
      ['Time=5', 'Update of this parameter is not supported: Time=5\nRequest aborted\n'],
      ['Foo', 'Invalid input: Foo\nRequest aborted\n'],
      ['Comment+=y', 'scontrol: error: Option Comment+=y does not accept [+|-]= syntax\n'],
      ['DelayBoot=10', 'scontrol: error: DelayBoot is not supported by this release\n'],
    ];
    for (const [word, expected] of cases) assert.equal(await refusal(['JobId=337', word]), expected, word);
    assert.equal(await refusal([]), 'too few arguments for update keyword\n');
    assert.equal(await refusal(['JobId=337']), 'No changes specified\n');
    assert.equal(await refusal(['JobId=abc', 'Comment=x']), 'Invalid job id specified for job abc\n');
    assert.equal(await refusal(['JobId=999999', 'TimeLimit=5']), 'Invalid job id specified for job 999999\n');
    assert.equal(await refusal(['JobId=360', 'Comment=x']), 'Invalid user id for job 360\n');
    assert.equal(await refusal(['JobId=348', 'Comment=x']), 'Job has already finished for job 348\n');
    assert.equal(await refusal(['JobId=338_77', 'Nice=3']), '338_77: Invalid job id specified\n');
    assert.match(await refusal(['JobId=338_7', 'Nice=3']), /^338_7: Changes of single waiting tasks are not/);
    assert.equal(await refusal(['JobName=foo', 'Comment=x']), "scontrol: error: No jobs with name 'foo'\n");
  });

  test('of a job that runs', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['TimeLimit=+10', 'Access/permission denied for job 335\n'],
      ['TimeLimit=UNLIMITED', 'Access/permission denied for job 335\n'],
      ['Partition=main', 'Job is no longer pending execution for job 335\n'],
      ['NumCPUs=4', 'Job is no longer pending execution for job 335\n'],
      ['StdOut=/tmp/x', 'Job is no longer pending execution for job 335\n'],
      ['Dependency=afterany:1', 'Job is no longer pending execution for job 335\n'],
      ['NumNodes=2', 'Taking nodes away from a job that runs is not supported by this release for job 335\n'],
    ];
    for (const [word, expected] of cases) assert.equal(await refusal(['JobId=335', word]), expected, word);
    const sent = async (word: string, uid = 2001) =>
      (await scontrol(['update', 'JobId=335', word], queue, { uid })).sent[0];
    const limit = (timeLimit: number) => ({
      name: 'update',
      targets: [{ job: 335 }],
      change: { set: { timeLimit, timeLimitGiven: true } },
    });
    assert.deepEqual(await sent('TimeLimit=5'), limit(5));
    assert.deepEqual(await sent('TimeLimit=-3'), limit(7));
    assert.deepEqual(await sent('TimeLimit=+10', 0), limit(20));
    assert.deepEqual(await sent('EndTime=now+2minutes'), limit(3));
    assert.notEqual(await sent('NumNodes=1'), undefined);
  });

  test('of arrays and of several jobs', async () => {
    const { sent } = await scontrol(['update', 'JobId=338,339', 'Nice=3']);
    const change = { set: { nice: 3 } };
    assert.deepEqual(sent, [{ name: 'update', targets: [{ job: 338 }, { job: 339 }], change }]);
    const each = await scontrol(['update', 'jobid=337,339', 'TimeLimit=+1']);
    assert.equal(each.sent.length, 2, 'each has a limit of its own');
    const throttle = await scontrol(['update', 'ArrayTaskThrottle=3', 'JobId=338_7']);
    assert.deepEqual(throttle.sent, [
      { name: 'update', targets: [{ job: 338, task: 7 }], change: { throttle: 3 } },
    ]);
    const byName = await scontrol(['update', 'JobName=waiting', 'Comment=x']);
    assert.deepEqual(byName.sent, [
      { name: 'update', targets: [{ job: 339 }], change: { set: { comment: 'x' } } },
    ]);
    assert.equal((await scontrol(['update', 'job', '337', 'TimeLimit=7'])).sent.length, 1);
    assert.equal((await scontrol(['update', 'jobid=337', 'timelimit', '7'])).sent.length, 1);
  });

  test('a priority that a user lowers is done, and said to be of no long life', async () => {
    const { sent, err, exitCode } = await scontrol(['update', 'JobId=339', 'Priority=5']);
    assert.equal(sent.length, 1);
    const what = 'Changes to job priority are not persistent, change nice instead for job 339\n';
    assert.deepEqual([err, exitCode], [what, 1]);
    assert.equal((await scontrol(['update', 'JobId=339', 'Priority=5'], queue, { uid: 0 })).err, '');
  });
});

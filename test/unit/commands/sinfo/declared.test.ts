import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../../../src/commands/sinfo/run.ts';
import type { ClusterView } from '../../../../src/services/view.ts';
import { fakeIo, now } from '../../builders.ts';
import { because, declaredView } from '../../declared.ts';

/* What a real 22.05.8 printed of the same cluster in the same state. */

async function sinfo(words: readonly string[], shown: ClusterView, uid = 2001) {
  const io = fakeIo({ program: 'sinfo', environment: {} });
  const exitCode = await run(words, io, {
    view: async () => shown,
    loads: async () =>
      new Map(
        ['gpu01', 'gpu02', 'gpu03', 'cpu01'].map((name) => [name, { cpuLoad: 366, freeMemoryMb: 21_160 }]),
      ),
    reader: async () => ({ uid, groups: uid === 0 ? ['root'] : ['alice'] }),
    sleep: async () => assert.fail('it would show it again and again'),
    paint: async () => assert.fail('no colours'),
    drawTable: async () => assert.fail('no terminal'),
  });
  return { ...io.printed, exitCode };
}

async function out(words: readonly string[], shown: ClusterView, uid?: number): Promise<string> {
  const { out: text, err, exitCode } = await sinfo(words, shown, uid);
  assert.deepEqual([err, exitCode], ['', 0]);
  return text;
}

const head = 'PARTITION AVAIL  TIMELIMIT  NODES  STATE NODELIST\n';
const busy = declaredView();

describe('partitions', () => {
  test('in their order, those of other groups left out', async () => {
    const lines = `${head}\
gpu*         up 7-00:00:00      2    mix gpu[01-02]
gpu*         up 7-00:00:00      1   idle gpu03
cpu          up   infinite      1    mix cpu01
debug        up      10:00      1    mix cpu01
debug        up      10:00      1   idle gpu03
`;
    const off = 'off        down   infinite      1    mix cpu01\n';
    const closed = 'closed       up   infinite      1   idle gpu03\n';
    assert.equal(await out([], busy), lines + off);
    assert.equal(await out(['-a'], busy), lines + closed + off);
    assert.equal(await out([], busy, 0), lines + closed + off);
    assert.equal(await out(['-h', '-p', 'closed'], busy), closed);
  });

  test('-l, -s, and their own columns', async () => {
    assert.equal(
      await out(['-hl', '-p', 'debug'], busy),
      `\
debug        up      10:00          1   no       NO        all      1       mixed cpu01
debug        up      10:00          1   no       NO        all      1        idle gpu03
`,
    );
    assert.equal(
      await out(['-s'], declaredView({}, { isIdle: true })),
      `\
PARTITION AVAIL  TIMELIMIT   NODES(A/I/O/T) NODELIST
gpu*         up 7-00:00:00          0/3/0/3 gpu[01-03]
cpu          up   infinite          0/1/0/1 cpu01
debug        up      10:00          0/2/0/2 cpu01,gpu03
off        down   infinite          0/1/0/1 cpu01
`,
    );
    const columns = '%a|%l|%L|%s|%g|%h|%p|%r|%B|%I|%S|%R';
    assert.equal(
      await out(['-h', '-a', '-o', columns], busy),
      `\
up|7-00:00:00|1:00:00|1-infinite|all|NO|1|no|UNLIMITED|1|all|gpu
up|infinite|n/a|1-infinite|all|NO|1|no|UNLIMITED|1|all|cpu
up|10:00|n/a|1|all|NO|10|no|UNLIMITED|1|all|debug
up|infinite|n/a|1-infinite|root|NO|1|no|UNLIMITED|1|all|closed
down|infinite|n/a|1-infinite|all|NO|1|no|UNLIMITED|1|all|off
`,
    );
  });

  test('%all, with the blanks behind the capital letters', async () => {
    const [first, second] = (await out(['-o', '%all'], declaredView({}, { isIdle: true }))).split('\n');
    assert.equal(
      first,
      'AVAIL|ACTIVE_FEATURES|CPUS|TMP_DISK|FREE_MEM|AVAIL_FEATURES|GROUPS|OVERSUBSCRIBE|TIMELIMIT|MEMORY|' +
        'HOSTNAMES|NODE_ADDR|PRIO_TIER|ROOT|JOB_SIZE|STATE|USER|VERSION|WEIGHT|S:C:T|NODES(A/I) |' +
        'MAX_CPUS_PER_NODE |CPUS(A/I/O/T) |NODES |REASON |NODES(A/I/O/T) |GRES |TIMESTAMP |' +
        'PRIO_JOB_FACTOR |DEFAULTTIME |PREEMPT_MODE |NODELIST |CPU_LOAD |PARTITION |PARTITION |' +
        'ALLOCNODES |STATE |USER |CLUSTER |SOCKETS |CORES |THREADS ',
    );
    assert.equal(
      second,
      'up|a100,nvlink|8|0|21160|a100,nvlink|all|NO|7-00:00:00|32000|vm|127.0.0.1|1|no|1-infinite|idle|' +
        'Unknown|22.05.8|1|2:4:1|0/1 |UNLIMITED |0/8/0/8 |1 |none |0/1/0/1 |gpu:a100:4 |Unknown |1 |' +
        '1:00:00 |OFF |gpu01 |3.66 |gpu* |gpu |all |idle |Unknown |N/A |2 |4 |1 ',
    );
  });
});

describe('nodes out of use', () => {
  const out3 = declaredView({
    gpu01: { isDrained: true, ...because('x') },
    gpu03: { isDrained: true, ...because('a long reason with words, and more of it') },
    cpu01: { isDown: true, ...because('down') },
  });

  test('the words, and the order', async () => {
    assert.equal(
      await out(['-a'], out3),
      `${head}\
gpu*         up 7-00:00:00      1   drng gpu01
gpu*         up 7-00:00:00      1  drain gpu03
gpu*         up 7-00:00:00      1    mix gpu02
cpu          up   infinite      1   down cpu01
debug        up      10:00      1  drain gpu03
debug        up      10:00      1   down cpu01
closed       up   infinite      1  drain gpu03
off        down   infinite      1   down cpu01
`,
    );
    assert.equal(
      await out(['-hN', '-n', 'gpu[01,03]', '-p', 'gpu', '-o', '%N %t %T %A %F %C %u %U'], out3),
      `\
gpu01 drng draining 1/0 1/0/0/1 3/0/5/8 root root(0)
gpu03 drain drained 0/0 0/0/1/1 0/0/4/4 root root(0)
`,
    );
  });

  test('-R', async () => {
    assert.equal(
      await out(['-R'], out3),
      `\
REASON               USER      TIMESTAMP           NODELIST
x                    root      2026-11-22T20:43:49 gpu01
a long reason with w root      2026-11-22T20:43:49 gpu03
down                 root      2026-11-22T20:43:49 cpu01
`,
    );
    const [, title, first] = (await out(['-Rl'], out3)).split('\n');
    assert.equal(title, 'REASON               USER         TIMESTAMP           STATE  NODELIST');
    assert.equal(first, 'x                    root(0)      2026-11-22T20:43:49 drng   gpu01');
    assert.equal(await out(['-R', '-h'], busy), '');
  });

  test('-t', async () => {
    const names = async (state: string, shown = out3): Promise<string> =>
      (await out(['-hN', '-a', '-t', state, '-o', '%N'], shown))
        .split('\n')
        .filter((name, index, all) => name !== '' && all.indexOf(name) === index)
        .join(' ');
    assert.equal(await names('idle'), 'gpu03');
    assert.equal(await names('alloc'), 'cpu01 gpu01 gpu02');
    assert.equal(await names('mix'), 'gpu02');
    assert.equal(await names('drain'), 'gpu01 gpu03');
    assert.equal(await names('drained'), 'gpu03');
    assert.equal(await names('drng'), 'gpu01');
    assert.equal(await names('down'), 'cpu01');
    assert.equal(await names('idle&drain'), 'gpu03');
    assert.equal(await names('mix&drain'), '');
    assert.equal(await names('all'), 'cpu01 gpu01 gpu02 gpu03');
    assert.equal(await names('planned,npc,future'), '');
  });

  test('failing, reserved, in maintenance, silent', async () => {
    const failing = declaredView({ gpu02: { isFailed: true }, gpu03: { isFailed: true } });
    assert.equal(
      await out(['-h', '-p', 'gpu'], failing),
      `\
gpu*         up 7-00:00:00      1  failg gpu02
gpu*         up 7-00:00:00      1   fail gpu03
gpu*         up 7-00:00:00      1    mix gpu01
`,
    );
    const idle = declaredView({ cpu01: { isDrained: true } }, { isIdle: true });
    const times = { startTime: now - 60, endTime: now + 60 };
    const reservations = new Map([
      ['r', { name: 'r', ...times, nodes: ['gpu01'], users: ['alice'] }],
      ['m', { name: 'm', ...times, nodes: ['gpu02', 'cpu01'], users: ['root'], flags: ['MAINT'] }],
    ]);
    const reserved = { ...idle, cluster: { ...idle.cluster, reservations } };
    assert.equal(
      await out(['-hN', '-p', 'gpu,cpu', '-o', '%N %t %T'], reserved),
      'cpu01 drain$ drained$\ngpu01 resv reserved\ngpu02 maint maint\ngpu03 idle idle\n',
    );
    const [silent] = idle.cluster.nodes.values();
    const nodes = new Map(idle.cluster.nodes).set('gpu01', {
      ...(silent as NonNullable<typeof silent>),
      presence: 'lost',
    });
    const lost = { ...idle, cluster: { ...idle.cluster, nodes } };
    assert.equal(
      await out(['-h', '-d', '-p', 'gpu,debug'], lost),
      'gpu*         up 7-00:00:00      1  down* gpu01\ndebug        up      10:00      0    n/a \n',
    );
    assert.equal(
      await out(['-h', '-r', '-p', 'gpu'], lost),
      'gpu*         up 7-00:00:00      2   idle gpu[02-03]\n',
    );
  });

  test('declared, and never there', async () => {
    const nodes = new Map([...busy.cluster.nodes].filter(([name]) => name !== 'cpu01'));
    const without = { ...busy, cluster: { ...busy.cluster, nodes } };
    assert.equal(await out(['-h', '-p', 'cpu'], without), 'cpu          up   infinite      1  down* cpu01\n');
  });
});

describe('the order that is asked for', () => {
  const idle = declaredView({}, { isIdle: true });
  const partitions = async (sort: string): Promise<string> =>
    (await out(['-h', '-S', sort, '-o', '%R %D %t %N'], idle)).replaceAll(/ .*\n/g, ' ').trim();

  test('as observed', async () => {
    assert.equal(await partitions('P'), 'cpu debug gpu off');
    assert.equal(await partitions('-P'), 'off gpu debug cpu');
    assert.equal(await partitions('N'), 'cpu debug off gpu');
    assert.equal(await partitions('#P,-t'), 'gpu cpu debug off');
    assert.equal(await partitions('Q'), 'gpu cpu debug off');
    assert.equal(
      await out(['-hN', '-S', '-N', '-p', 'gpu,cpu', '-o', '%N'], idle),
      'gpu03\ngpu02\ngpu01\ncpu01\n',
    );
  });
});

describe('reservations', () => {
  test('-T', async () => {
    assert.equal(await out(['-T'], busy), 'No reservations in the system\n');
    const reservations = new Map([
      ['alice_1', { name: 'alice_1', startTime: now, endTime: now + 600, nodes: ['gpu03'] }],
      ['r1', { name: 'r1', startTime: now + 3600, endTime: now + 90_000, nodes: ['gpu01', 'gpu02'] }],
    ]);
    const shown = { ...busy, cluster: { ...busy.cluster, reservations } };
    assert.equal(
      await out(['-T'], shown),
      `\
RESV_NAME     STATE           START_TIME             END_TIME     DURATION  NODELIST
alice_1      ACTIVE  2026-11-22T20:43:49  2026-11-22T20:53:49     00:10:00  gpu03
r1         INACTIVE  2026-11-22T21:43:49  2026-11-23T21:43:49   1-00:00:00  gpu[01-02]
`,
    );
  });
});

test('--json has Slurm’s fields in Slurm’s order', async () => {
  const text = await out(
    ['--json', '-n', 'gpu02'],
    declaredView({ gpu02: { isDrained: true, ...because('x') } }),
  );
  const { nodes } = JSON.parse(text) as { nodes: Record<string, unknown>[] };
  assert.equal(nodes.length, 1);
  const { slurmd_start_time: started, last_busy: busySince, ...rest } = nodes[0] ?? {};
  assert.deepEqual([started, busySince], [now - 200, now - 3]);
  assert.deepEqual(Object.keys(rest).slice(0, 8), [
    ...['architecture', 'burstbuffer_network_address', 'boards', 'boot_time', 'comment', 'cores'],
    ...['cpu_binding', 'cpu_load'],
  ]);
  assert.deepEqual(
    [rest['state'], rest['state_flags'], rest['reason'], rest['reason_set_by_user'], rest['partitions']],
    ['mixed', ['DRAIN'], 'x', 'root', ['gpu']],
  );
  assert.deepEqual(
    [rest['tres'], rest['tres_used'], rest['gres_used'], rest['idle_cpus'], rest['cpu_load']],
    [
      'cpu=8,mem=32000M,billing=8,gres/gpu=4,gres/gpu:a100=4',
      'cpu=1,mem=1000M,gres/gpu=4,gres/gpu:a100=4',
      'gpu:a100:4(IDX:0-3)',
      7,
      366,
    ],
  );
  assert.match(await out(['--yaml', '-n', 'cpu01'], busy), /!!str comment: !!null null\n/);
});

test('another cluster is not known', async () => {
  const { err, exitCode } = await sinfo(['-M', 'other'], busy);
  assert.equal(exitCode, 1);
  assert.match(err, /^sinfo: error: No cluster 'other' known by database\.\n/);
  assert.match(await out(['-M', 'lab'], busy), /^CLUSTER: lab\nPARTITION/);
});

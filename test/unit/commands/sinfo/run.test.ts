import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run, type SinfoDeps } from '../../../../src/commands/sinfo/run.ts';
import type { ClusterView } from '../../../../src/services/view.ts';
import { completing, fakeIo, gpu, node, running, share, view } from '../../builders.ts';

const a100s = [0, 1, 2, 3].map((index) => gpu(index, { memoryMb: 81_920, uuid: `GPU-${index}` }));
const v100s = [0, 1].map((index) => gpu(index, { type: 'v100', model: 'Tesla V100' }));

/** The cluster of the captures, all of its nodes in the one partition that there is. */
const nodes = [
  node('gpu01', { gpus: a100s, features: ['a100', 'nvlink'] }),
  node('gpu02', { gpus: a100s, features: ['a100'] }),
  node('gpu03', { gpus: v100s, cpus: 4, sockets: 1, memoryMb: 16_000 }),
  node('cpu01', { sockets: 1, threadsPerCore: 2, memoryMb: 16_000 }),
];
const jobs = [
  running(335, { shares: [share('cpu01', { cpus: 2 })] }),
  running(336, {
    shares: [
      share('gpu01', { cpus: 3, gpus: [0, 1, 2, 3], memoryMb: 3000 }),
      share('gpu02', { gpus: [0, 2], memoryMb: 1000 }),
    ],
  }),
];
const busy = view(nodes, jobs);

const loads = new Map([['gpu01', { cpuLoad: 521, freeMemoryMb: 20_545 }]]);

async function sinfo(
  words: readonly string[],
  shown: ClusterView = busy,
  given: Parameters<typeof fakeIo>[0] = {},
) {
  const io = fakeIo({ program: 'mgpu_sinfo', ...given });
  const deps: SinfoDeps = {
    view: async () => shown,
    loads: async () => loads,
    reader: async () => ({ uid: 2001, groups: ['alice'] }),
    sleep: async () => assert.fail('it would show it again and again'),
    paint: async () => (colour, text) => `<${colour}>${text}</${colour}>`,
    drawTable: async (head, rows) => [head, ...rows].map((cells) => `[${cells.join('|')}]`).join('\n'),
  };
  const exitCode = await run(words, io, deps);
  return { ...io.printed, exitCode };
}

async function out(words: readonly string[], shown: ClusterView = busy): Promise<string> {
  const { out: text, err, exitCode } = await sinfo(words, shown);
  assert.deepEqual([err, exitCode], ['', 0]);
  return text;
}

describe('the tables', () => {
  test('nodes by partition and falling state', async () => {
    assert.equal(
      await out([]),
      `\
PARTITION AVAIL  TIMELIMIT  NODES  STATE NODELIST
main*        up   infinite      3    mix cpu01,gpu[01-02]
main*        up   infinite      1   idle gpu03
`,
    );
  });

  test('-l', async () => {
    assert.equal(
      await out(['-l']),
      `\
Sun Nov 22 20:43:49 2026
PARTITION AVAIL  TIMELIMIT   JOB_SIZE ROOT OVERSUBS     GROUPS  NODES       STATE NODELIST
main*        up   infinite 1-infinite   no       NO        all      3       mixed cpu01,gpu[01-02]
main*        up   infinite 1-infinite   no       NO        all      1        idle gpu03
`,
    );
  });

  test('-N, and -N -l', async () => {
    assert.equal(
      await out(['-N']),
      `\
NODELIST   NODES PARTITION STATE \n\
cpu01          1     main* mix   \n\
gpu01          1     main* mix   \n\
gpu02          1     main* mix   \n\
gpu03          1     main* idle  \n`,
    );
    assert.equal(
      await out(['-Nl', '-n', 'gpu[02-03]']),
      `\
Sun Nov 22 20:43:49 2026
NODELIST   NODES PARTITION       STATE CPUS    S:C:T MEMORY TMP_DISK WEIGHT AVAIL_FE REASON              \n\
gpu02          1     main*       mixed 8       2:4:1  32000        0      1     a100 none                \n\
gpu03          1     main*        idle 4       1:4:1  16000        0      1   (null) none                \n`,
    );
  });

  test('-s', async () => {
    assert.equal(
      await out(['-s']),
      `\
PARTITION AVAIL  TIMELIMIT   NODES(A/I/O/T) NODELIST
main*        up   infinite          3/1/0/4 cpu01,gpu[01-03]
`,
    );
  });

  test('without nodes, or with none that is wanted', async () => {
    const none = 'PARTITION AVAIL  TIMELIMIT  NODES  STATE NODELIST\n';
    const empty = `${none}main*        up   infinite      0    n/a \n`;
    assert.equal(await out([], view([], [])), empty);
    assert.equal(await out(['-n', 'nosuch']), empty);
    assert.equal(await out(['-n', 'nosuch', '-N']), 'NODELIST   NODES PARTITION STATE \n');
    assert.equal(await out(['-p', 'nosuch']), none);
    assert.equal(await out(['-h', '-p', 'nosuch']), '');
  });

  test('names that are longer than the heads get their room', async () => {
    const long = view([node('a-node-with-a-long-name')], []);
    assert.equal(await out(['-hN'], long), 'a-node-with-a-long-name      1     main* idle  \n');
  });

  test('states are coloured where colours are wanted', async () => {
    const shown = await sinfo(['-h', '-n', 'gpu03'], busy, { isColoured: true, isTerminal: true });
    assert.equal(shown.out, 'main*        up   infinite      1 <green>  idle</green> gpu03\n');
  });
});

describe('states', () => {
  const word = async (shown: ClusterView): Promise<string> =>
    (await out(['-h', '-o', '%t|%T|%C|%F|%E|%H'], shown)).trim();

  test('all CPUs taken is alloc; all GPUs taken is not', async () => {
    assert.equal(
      await word(view([node('a')], [running(1, { shares: [share('a', { cpus: 8 })] })])),
      'alloc|allocated|8/0/0/8|1/0/0/1|none|Unknown',
    );
    const taken = running(1, { shares: [share('a', { cpus: 1, gpus: [0, 1, 2, 3] })] });
    assert.equal(
      await word(view([node('a', { gpus: a100s })], [taken])),
      'mix|mixed|1/7/0/8|1/0/0/1|none|Unknown',
    );
  });

  test('only completing jobs', async () => {
    const job = completing(1, { shares: [share('a')], endState: 'CANCELLED' });
    assert.equal(await word(view([node('a')], [job])), 'comp|completing|1/7/0/8|0/1/0/1|none|Unknown');
    const other = running(2, { shares: [share('a')] });
    assert.equal(await word(view([node('a')], [job, other])), 'mix|mixed|2/6/0/8|1/0/0/1|none|Unknown');
  });

  test('a node whose daemon said goodbye, and one that fell silent', async () => {
    const stopped = node('a', {}, { presence: 'stopped' });
    const job = running(1, { shares: [share('a')] });
    assert.equal(
      await word(view([stopped], [job])),
      'down|down|1/0/7/8|0/0/1/1|Daemon stopped|2026-11-22T20:42:09',
    );
    const lost = node('a', {}, { presence: 'lost' });
    assert.equal(
      await word(view([lost], [])),
      'down*|down*|0/0/8/8|0/0/1/1|Not responding|2026-11-22T20:42:09',
    );
  });

  test('the loudest first', async () => {
    const four = [
      node('a', {}, { presence: 'stopped' }),
      node('b', {}, { presence: 'lost' }),
      node('c'),
      node('d'),
      node('e'),
    ];
    const working = [
      running(1, { shares: [share('d', { cpus: 8 })] }),
      completing(2, { shares: [share('e')], endState: 'CANCELLED' }),
    ];
    assert.equal(
      await out(['-h', '-o', '%t %N'], view(four, working)),
      'down* b\ncomp e\nalloc d\nidle c\ndown a\n',
    );
  });
});

describe('fields', () => {
  test('what a column tells apart is kept apart, the rest is joined', async () => {
    assert.equal(
      await out(['-o', '%G %N']),
      'GRES NODELIST\n(null) cpu01\ngpu:a100:4 gpu[01-02]\ngpu:v100:2 gpu03\n',
    );
    assert.equal(await out(['-h', '-o', '%c %m %X %Y %Z %z']), '4+ 16000+ 1+ 4 1+ 1+:4:1+\n');
    assert.equal(await out(['-h', '-o', '%N %C %A %F']), 'cpu01,gpu[01-03] 6/22/0/28 3/1 3/1/0/4\n');
    assert.equal(
      await out(['-h', '-o', '%f|%b|%n|%o', '-n', 'gpu01']),
      'a100,nvlink|a100,nvlink|gpu01.example.org|192.0.2.1\n',
    );
    assert.equal(
      await out(['-h', '-N', '-o', '%N %G %t', '-n', 'gpu01,cpu01']),
      'cpu01 (null) mix\ngpu01 gpu:a100:4 mix\n',
    );
  });

  test('an unknown letter is printed as it is, with a complaint', async () => {
    const { out: text, err, exitCode } = await sinfo(['-o', '%.10P|%-8a|%8t|', '-n', 'gpu03']);
    assert.equal(text, ' PARTITION|%-8a|STATE   |\n     main*|%-8a|idle    |\n');
    assert.deepEqual([err, exitCode], ['Invalid node format specification: -\n', 0]);
  });
});

describe('--gpus', () => {
  const troubled = view(
    [
      node(
        'gpu01',
        { gpus: a100s },
        {
          gpuTroubles: [
            { index: 2, kind: 'busy', reason: 'pid 4711 (python3  of bob)' },
            { index: 3, kind: 'failed', reason: 'GPU requires reset' },
          ],
        },
      ),
      node('gpu02', { gpus: v100s }, { presence: 'lost' }),
      node('gpu03', { gpus: [gpu(0, { type: '', model: 'unknown' })] }),
    ],
    [
      running(12, { shares: [share('gpu01', { gpus: [0] })] }),
      running(14, { shares: [share('gpu01', { gpus: [1] })], array: [13, 3], spec: { user: 'b\u001bob' } }),
    ],
  );

  test('as aligned lines where it is not read on a terminal', async () => {
    assert.equal(
      await out(['--gpus'], troubled),
      `\
NODE   GPU  TYPE  MODEL                  MEMORY  STATE  JOB   USER     HEALTH   REASON
gpu01  0    a100  NVIDIA A100-SXM4-80GB  80G     alloc  12    alice    ok       -
gpu01  1    a100  NVIDIA A100-SXM4-80GB  80G     alloc  13_3  b\\x1bob  ok       -
gpu01  2    a100  NVIDIA A100-SXM4-80GB  80G     busy   -     -        ok       pid 4711 (python3 of bob)
gpu01  3    a100  NVIDIA A100-SXM4-80GB  80G     down   -     -        failed   GPU requires reset
gpu02  0    v100  Tesla V100             -       down   -     -        unknown  -
gpu02  1    v100  Tesla V100             -       down   -     -        unknown  -
gpu03  0    -     unknown                -       idle   -     -        ok       -
`,
    );
    assert.equal(
      await out(['--gpus', '-h', '-n', 'gpu03'], troubled),
      'gpu03  0  -  unknown  -  idle  -  -  ok  -\n',
    );
  });

  test('as a drawn table on a terminal', async () => {
    const shown = await sinfo(['--gpus', '-n', 'gpu03'], troubled, { isTerminal: true, isColoured: true });
    assert.equal(
      shown.out,
      `\
[NODE|GPU|TYPE|MODEL|MEMORY|STATE|JOB|USER|HEALTH|REASON]
[gpu03|0|-|unknown|-|<green>idle</green>|-|-|<green>ok</green>|-]
`,
    );
  });

  test('a cluster without GPUs has a head alone', async () => {
    assert.equal(
      await out(['--gpus'], view([], [])),
      'NODE  GPU  TYPE  MODEL  MEMORY  STATE  JOB  USER  HEALTH  REASON\n',
    );
  });
});

test('help, version, and words that Slurm does not mind', async () => {
  assert.match(await out(['--help']), /^Usage: mgpu_sinfo /);
  assert.equal(await out(['-V']), 'mgpu_sinfo 0.3.0 (slurm 22.05.8)\n');
  assert.equal(await out(['foo', '-h', '-o', '%D']), '4\n');
  assert.equal((await sinfo(['--bogus'])).exitCode, 1);
});

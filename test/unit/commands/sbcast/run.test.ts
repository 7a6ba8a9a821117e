import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockSizeOf } from '../../../../src/commands/sbcast/options.ts';
import { type Broadcast, run } from '../../../../src/commands/sbcast/run.ts';
import { fakeIo } from '../../builders.ts';

interface Told {
  readonly code: number;
  readonly err: string;
  readonly sent: Broadcast | undefined;
}

async function sbcast(line: string, environment: Readonly<Record<string, string>> = {}): Promise<Told> {
  const io = fakeIo({
    program: 'sbcast',
    environment: { SLURM_JOB_ID: '12', ...environment },
    workDir: '/w',
  });
  let sent: Broadcast | undefined;
  const code = await run(line.split(' '), io, {
    async broadcast(_spool, file) {
      sent = file;
      return 0;
    },
    factsOf: () => ({
      ...{ mode: 0o100_644, uid: 2001, gid: 2002, size: 3_145_728 },
      times: [1_795_380_229, 1_795_380_228, 1_795_380_227],
    }),
    utcOffsetMinutes: () => 0,
  });
  return { code, err: io.printed.err, sent };
}

test('how it copies is as it was asked for', async () => {
  const plain = {
    jobId: 12,
    source: 'big',
    dest: '/w/out',
    isForced: false,
    isPreserving: false,
    isVerbose: false,
  };
  const unbounded = { fanout: 0, blockBytes: 0, timeoutSeconds: 0 };
  assert.deepEqual(await sbcast('big out'), { code: 0, err: '', sent: { ...plain, ...unbounded } });
  const { sent } = await sbcast('-f -F 2 --size=64k -t 9 big out');
  assert.deepEqual(sent, { ...plain, isForced: true, fanout: 2, blockBytes: 65_536, timeoutSeconds: 9 });
  const variables = { SBCAST_SIZE: '1m', SBCAST_FANOUT: '3', SBCAST_TIMEOUT: '4' };
  const told = await sbcast('big out', variables);
  assert.deepEqual(told.sent, { ...plain, fanout: 3, blockBytes: 2 ** 20, timeoutSeconds: 4 });
});

test('a size that Slurm calls invalid is left out', async () => {
  for (const text of ['abc', '1x', '-3', '1g', '', '1073741824', '1024m']) {
    assert.equal(blockSizeOf(text), undefined, text);
  }
  assert.deepEqual(['0', '100', '1k', '1M'].map(blockSizeOf), [0, 100, 1024, 2 ** 20]);
  const { code, err, sent } = await sbcast('--size=abc big out');
  assert.deepEqual([code, err], [0, 'size specification is invalid, ignored\n']);
  assert.equal(sent?.blockBytes, 0);
});

test('-v tells how, and of the file', async () => {
  const { err } = await sbcast('-v --size=100 --fanout=8 big /tmp/b');
  const lines = [
    '-----------------------------',
    'block_size = 100',
    'force      = false',
    'fanout     = 8',
    'preserve   = false',
    'timeout    = 0',
    'verbose    = 1',
    'source     = big',
    'dest       = /tmp/b',
    '-----------------------------',
    'modes    = 100644',
    'uid      = 2001',
    'gid      = 2002',
    'atime    = Sun Nov 22 20:43:49 2026',
    'mtime    = Sun Nov 22 20:43:48 2026',
    'ctime    = Sun Nov 22 20:43:47 2026',
    'size     = 3145728',
  ];
  assert.equal(err, lines.map((line) => `sbcast: ${line}\n`).join(''));
});

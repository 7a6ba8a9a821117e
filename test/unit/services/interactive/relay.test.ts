import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRelay, type RelayOptions } from '../../../../src/services/interactive/relay.ts';
import { jobRoom } from '../../../../src/store/layout.ts';
import { memoryDisk } from '../../../fakes/memory-disk.ts';
import { spec } from '../../builders.ts';

const room = jobRoom('/room').firstStep;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Given extends Partial<Pick<RelayOptions, 'ntasks' | 'isUnbuffered'>> {
  readonly spec?: Parameters<typeof spec>[0];
  readonly isBroken?: () => boolean;
}

async function relayed(given: Given = {}) {
  const files = memoryDisk().actor();
  await files.makeDir('/room', 0o755);
  const shown = { out: '', err: '' };
  const show = (name: 'out' | 'err') => async (bytes: Uint8Array) => {
    if (given.isBroken?.() === true) return false;
    shown[name] += Buffer.from(bytes).toString('latin1');
    return true;
  };
  const { ntasks = 1, isUnbuffered = false } = given;
  const relay = createRelay(
    { files, room, streams: spec({ kind: 'interactive', ...given.spec }), ntasks, isUnbuffered },
    { out: show('out'), err: show('err') },
  );
  const write = (task: number, name: 'out' | 'err', text: string | Uint8Array): Promise<void> =>
    files.append(room.stream(task, name), typeof text === 'string' ? bytesOf(text) : text, {
      mode: 0o600,
      sync: false,
    });
  return { relay, shown, write, files };
}

describe('what the tasks write', () => {
  it('is shown as it comes, on the stream it was written to', async () => {
    const { relay, shown, write } = await relayed();
    assert.equal(await relay.pump(), false);
    await write(0, 'out', 'one\nhalf');
    await write(0, 'err', 'oops\n');
    assert.equal(await relay.pump(), true);
    assert.deepEqual(shown, { out: 'one\nhalf', err: 'oops\n' });
    await write(0, 'out', ' line\n');
    await relay.pump();
    assert.equal(await relay.pump(), false);
    assert.equal(shown.out, 'one\nhalf line\n');
  });

  it('is shown by lines for several tasks, with labels if asked for (srun.label_n11)', async () => {
    const { relay, shown, write } = await relayed({ ntasks: 11, spec: { label: true } });
    await write(10, 'out', 'x\nrest');
    await write(2, 'out', 'x');
    await write(2, 'err', 'e\n');
    await relay.pump();
    assert.deepEqual(shown, { out: '10: x\n', err: ' 2: e\n' });
    await relay.finish();
    assert.equal(shown.out, '10: x\n 2: x\n10: rest\n');
  });

  it('is shown in parts of lines if that is asked for', async () => {
    const { relay, shown, write } = await relayed({ ntasks: 2, isUnbuffered: true });
    await write(1, 'out', 'half');
    await relay.pump();
    assert.equal(shown.out, 'half');
  });

  it('is shown unchanged, however much it is', async () => {
    const { relay, shown, write } = await relayed();
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 256);
    await write(0, 'out', bytes);
    await relay.finish();
    assert.ok(Buffer.from(shown.out, 'latin1').equals(Buffer.from(bytes)));
  });

  it('goes on after a task has emptied its own file', async () => {
    const { relay, shown, write, files } = await relayed();
    await write(0, 'err', 'before\n');
    await relay.pump();
    await files.unlink(room.stream(0, 'err'));
    await write(0, 'err', '');
    await relay.pump();
    await write(0, 'err', 'after\n');
    await relay.pump();
    assert.equal(shown.err, 'before\nafter\n');
  });

  const routes: readonly (readonly [string, Given['spec'], { out: string; err: string }])[] = [
    ['nothing of what goes to a file (file.srun.plain)', { output: 'r.txt' }, { out: '', err: '' }],
    [
      'the output when errors go to a file (file.srun.err)',
      { error: '/tmp/e' },
      { out: 'o0\no1\n', err: '' },
    ],
    ['one task, its errors being in its output (file.srun.num)', { output: '1' }, { out: 'o1\n', err: '' }],
    ['nothing of nothing', { output: 'none' }, { out: '', err: '' }],
  ];
  for (const [title, given, expected] of routes) {
    it(`shows ${title}`, async () => {
      const { relay, shown, write } = await relayed({ ntasks: 2, ...(given && { spec: given }) });
      for (const task of [0, 1]) {
        await write(task, 'out', `o${task}\n`);
        await write(task, 'err', `e${task}\n`);
      }
      await relay.finish();
      assert.deepEqual(shown, expected);
    });
  }

  it('is known to have lost its reader', async () => {
    const { relay, write } = await relayed({ isBroken: () => true });
    await relay.pump();
    assert.equal(relay.isBroken(), false);
    await write(0, 'out', 'x');
    await relay.pump();
    assert.equal(relay.isBroken(), true);
  });
});

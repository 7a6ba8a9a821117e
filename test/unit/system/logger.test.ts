import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MgpuError } from '../../../src/base/error.ts';
import { createLogger, textLine } from '../../../src/system/logger.ts';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-log-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function linesOf(path: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

describe('logger', () => {
  it('writes a JSON line an event, at once', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      log.info('launched', { jobId: 7, attempt: 1, node: 'n1', pid: 4711 });
      log.warn('slow');
      log.error('bad', { where: ['a', 'b'] });
      log.debug('not asked for');
      const [first, ...rest] = linesOf(file);
      const { time, ...facts } = first ?? {};
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(facts, {
        level: 'info',
        jobId: 7,
        attempt: 1,
        node: 'n1',
        pid: 4711,
        msg: 'launched',
      });
      assert.deepEqual(
        rest.map(({ level, msg }) => [level, msg]),
        [
          ['warn', 'slow'],
          ['error', 'bad'],
        ],
      );
    }));

  it('says more when asked to', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 1 });
      log.debug('detail');
      assert.deepEqual(
        linesOf(file).map(({ level }) => level),
        ['debug'],
      );
    }));

  it('tells of an error what there is to know', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      const cause = new MgpuError('EIO', '/a: cannot be read', { hint: 'look at the disk' });
      log.error('bug', { error: new TypeError('x is no y', { cause }) });
      log.error('other', { err: cause });
      const [bug, other] = linesOf(file);
      const { stack, ...told } = Object(bug?.['error']);
      assert.match(stack, /logger\.test/);
      assert.deepEqual(told, {
        message: 'x is no y',
        cause: { code: 'EIO', message: '/a: cannot be read', hint: 'look at the disk' },
      });
      assert.deepEqual(other?.['err'], {
        code: 'EIO',
        message: '/a: cannot be read',
        hint: 'look at the disk',
      });
    }));
});

describe('logger: its file', () => {
  it('is opened anew after a rotation, and added to', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      log.info('one');
      renameSync(file, `${file}.1`);
      log.info('two');
      log.reopen();
      log.info('three');
      const again = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      again.info('four');
      assert.deepEqual(
        linesOf(`${file}.1`).map(({ msg }) => msg),
        ['one', 'two'],
      );
      assert.deepEqual(
        linesOf(file).map(({ msg }) => msg),
        ['three', 'four'],
      );
    }));

  it('goes on as before when it cannot be opened anew', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      renameSync(file, `${file}.1`);
      mkdirSync(file);
      log.reopen();
      log.info('still here');
      assert.deepEqual(
        linesOf(`${file}.1`).map(({ msg }) => msg),
        ['the log cannot be opened anew', 'still here'],
      );
    }));

  it('has to be there at first', async () => {
    await assert.rejects(createLogger({ to: { file: '/nowhere/log' }, form: 'json', verbosity: 0 }), {
      code: 'ENOENT',
      message: '/nowhere/log: the log cannot be opened: no such file or directory (ENOENT)',
    });
  });

  it('may be full without anybody’s harm, and says so later', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      symlinkSync('/dev/full', file);
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      log.info('lost');
      log.info('lost');
      unlinkSync(file);
      log.reopen();
      log.info('kept');
      const [note, line] = linesOf(file);
      assert.deepEqual([note?.['level'], note?.['lines'], line?.['msg']], ['warn', 2, 'kept']);
    }));
});

describe('logger: what others chose', () => {
  it('neither steers a terminal nor fills the disk', () =>
    inFolder(async (folder) => {
      const file = `${folder}/log`;
      const log = await createLogger({ to: { file }, form: 'json', verbosity: 0 });
      const name = 'a\u001b[31m\u009b2J\u202e\u{e0001}\n';
      for (let times = 0; times < 100; times += 1) log.error('will try again', { file: name });
      log.error('will try again', { file: 'another' });
      assert.doesNotMatch(readFileSync(file, 'utf8').replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
      assert.deepEqual(
        linesOf(file).map((line) => line['file']),
        [name, 'another'],
      );
    }));
});

describe('logger: for people', () => {
  it('is one line with what is said first', () => {
    const time = '2024-03-01T12:34:56.789Z';
    const facts = { jobId: 7, node: 'n1', why: 'no space', list: [1, 2] };
    const line = textLine(JSON.stringify({ level: 'info', time, ...facts, msg: 'launched' }));
    assert.match(line, /^\d\d:34:56 info {2}launched jobId=7 node=n1 why="no space" list=\[1,2\]\n$/);
  });

  it('stays one line whatever is in it', () => {
    const line = textLine(JSON.stringify({ level: 'error', time: 0, msg: 'a\nb', what: 'c\nd' }));
    assert.match(line, /^[^\n]*\n$/);
    const steered = textLine(JSON.stringify({ level: 'info', time: 0, msg: 'x', name: '\u009b\u202e' }));
    assert.match(steered, /x name="\\x9b\\u\{202e\}"\n$/);
  });
});

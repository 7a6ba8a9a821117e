import assert from 'node:assert/strict';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makePipe } from '../../../src/system/pipes.ts';
import { byteWriter, onInterrupts } from '../../../src/system/streams.ts';

describe('byteWriter', () => {
  it('writes in order, whether or not one waits', async () => {
    const path = join(tmpdir(), `mgpu-writer-${process.pid}`);
    const writer = byteWriter(openSync(path, 'w'));
    const parts = Array.from({ length: 50 }, (_, index) => Buffer.alloc(1000 + index, index));
    const written = await Promise.all(parts.map((part) => writer.write(part)));
    assert.ok(written.every((one) => one));
    assert.ok(readFileSync(path).equals(Buffer.concat(parts)));
    rmSync(path);
  });

  it('says when nobody reads any more', async () => {
    const pipe = await makePipe();
    assert.ok(pipe !== undefined);
    const fd = openSync(`/proc/self/fd/${pipe.reader.fd}`, 'w');
    await pipe.reader.close();
    pipe.writer.destroy();
    const writer = byteWriter(fd);
    assert.equal(await writer.write(Buffer.from('x')), false);
    assert.equal(await writer.write(Buffer.from('y')), false);
  });
});

describe('makePipe', () => {
  it('joins its two ends, and ends with the writer', async () => {
    const pipe = await makePipe();
    assert.ok(pipe !== undefined);
    pipe.writer.end('hello');
    assert.equal(await pipe.reader.readFile('utf8'), 'hello');
    await pipe.reader.close();
  });
});

describe('onInterrupts', () => {
  it('hands signals over until it is released', async () => {
    const before = process.listenerCount('SIGUSR2');
    const seen: string[] = [];
    const release = onInterrupts((signal) => seen.push(signal));
    process.emit('SIGUSR2');
    release();
    assert.deepEqual(seen, ['USR2']);
    assert.equal(process.listenerCount('SIGUSR2'), before);
  });
});

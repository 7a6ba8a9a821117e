import { readSync } from 'node:fs';
import { codeOf } from './files/fault.ts';

const chunkBytes = 4096;
/** How long to wait where standard input was made non-blocking and has nothing yet, in ms. */
const emptyWaitMs = 20;
const lineLengthMax = 1_048_576;

/**
 * Reads standard input line by line, and no further than is asked for; a last line without its end counts.
 * What is longer than any line of a person comes in pieces.
 */
export function lineReader(fd = 0): () => Promise<string | undefined> {
  const decoder = new TextDecoder();
  let held = '';
  let isOver = false;
  return async () => {
    for (;;) {
      const end = held.indexOf('\n');
      if (end >= 0 || held.length > lineLengthMax) {
        const length = end >= 0 ? end : lineLengthMax;
        const line = held.slice(0, length);
        held = held.slice(end >= 0 ? length + 1 : length);
        return line;
      }
      if (isOver) {
        const line = held;
        held = '';
        return line === '' ? undefined : line;
      }
      const bytes = await readSome(fd);
      isOver = bytes.length === 0;
      held += decoder.decode(bytes, { stream: !isOver });
    }
  };
}

async function readSome(fd: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(chunkBytes);
  for (;;) {
    try {
      return bytes.subarray(0, readSync(fd, bytes));
    } catch (error) {
      const code = codeOf(error);
      // Closed, or the terminal is gone: nothing will come.
      if (code === 'EBADF' || code === 'EIO' || code === 'EOF') return new Uint8Array();
      if (code !== 'EAGAIN') throw error;
      await new Promise((resolve) => void setTimeout(resolve, emptyWaitMs));
    }
  }
}

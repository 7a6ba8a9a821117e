import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parseSaid, type Said } from './witness.ts';

/** The witness as it grows. */
export interface Testimony {
  /** All that was said until now. */
  read(): readonly Said[];
  /** When the last job started on that node, or on any, in seconds since the machine started; 0 for never. */
  lastStart(node?: string): number;
  /** How many jobs came to their end. */
  ends(): number;
}

export function openTestimony(path: string): Testimony {
  const fd = openSync(path, 'a+');
  process.once('exit', () => closeSync(fd));
  const said: Said[] = [];
  const starts = new Map<string, number>();
  let latest = 0;
  let ends = 0;
  let at = 0;
  let rest = '';
  const read = (): readonly Said[] => {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - at));
    at += readSync(fd, bytes, 0, bytes.length, at);
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.map(parseSaid)) {
      said.push(line);
      if (line.what === 'end') ends += 1;
      if (line.what !== 'start') continue;
      starts.set(line.node, line.atSeconds);
      latest = line.atSeconds;
    }
    return said;
  };
  return {
    read,
    ends() {
      read();
      return ends;
    },
    lastStart(node) {
      read();
      return (node === undefined ? latest : starts.get(node)) ?? 0;
    },
  };
}

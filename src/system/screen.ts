import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isatty } from 'node:tty';
import { assert } from '../base/assert.ts';
import { MgpuError } from '../base/error.ts';
import type { WindowSize } from '../model/window.ts';

/*
 * The terminal of this process, without its own treatment of what is typed and shown. Node's raw mode still
 * turns line ends of the output, so stty(1) sets it, in a small shell that outlives this process: it puts
 * the terminal back when it is told to, or when this process is gone, however it went. A terminal that
 * somebody else has set otherwise by then, as the user's shell does, is left alone.
 */

const guardText = `trap '' HUP INT QUIT TERM TSTP USR1 USR2 PIPE
saved=$(stty -g <&3) && stty raw -echo <&3 && raw=$(stty -g <&3) || exit 1
trap '' TTOU
echo raw
read -r _
[ "$(stty -g <&3)" != "$raw" ] || stty "$saved" <&3
`;

/** See services/interactive/screen.ts. Undefined when standard output is no terminal. */
export function systemScreen():
  | {
      raw(): Promise<() => Promise<void>>;
      window(): WindowSize;
      onResize(handler: () => void): () => void;
    }
  | undefined {
  const { stdout } = process;
  if (!stdout.isTTY) return undefined;
  return {
    raw: () => (isatty(0) ? rawMode() : Promise.resolve(() => Promise.resolve())),
    window() {
      const [columns, rows] = stdout.getWindowSize();
      return { rows, columns };
    },
    onResize(handler) {
      stdout.on('resize', handler);
      return () => void stdout.off('resize', handler);
    },
  };
}

async function rawMode(): Promise<() => Promise<void>> {
  const guard = spawn('/bin/sh', ['-c', guardText], { stdio: ['pipe', 'pipe', 'ignore', 0] });
  const ended = once(guard, 'exit');
  const { stdin, stdout } = guard;
  assert(stdin !== null && stdout !== null, 'the guard of the terminal has pipes');
  // A guard that could not be started, or that somebody killed, ends.
  for (const one of [guard, stdin, stdout]) one.on('error', () => {});
  const first = once(stdout, 'data').then(() => true);
  const isRaw = await Promise.race([first, ended.then(() => false)]);
  if (!isRaw) throw new MgpuError('TERMINAL', 'the terminal cannot be set: --pty needs stty in PATH');
  return async () => {
    stdin.end('\n');
    await ended;
  };
}

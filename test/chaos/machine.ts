import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/tools/cluster.ts';
import type { Shared } from './shared.ts';

/** Where Debian puts the library that tells a process another time. */
const clockLibraries = ['x86_64', 'aarch64'].map(
  (arch) => `/usr/lib/${arch}-linux-gnu/faketime/libfaketimeMT.so.1`,
);

/** A machine of the cluster: a daemon with a mount, a disk and a wall clock of its own. */
export interface Machine {
  readonly name: string;
  /** False where no clock can be faked. */
  readonly hasClock: boolean;
  /** The lines of its daemons' log, for people. */
  readonly logFile: string;
  /** Starts the daemon, unless it runs. */
  start(): void;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM, and kill -9 when it does not end. */
  stop(): Promise<void>;
  /** Lets it stand still, or go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Sets its clock so many hours off. */
  setClock(hours: number): void;
  /** How often the daemon ended by itself; it is started again then, as an init system does. */
  selfEnds(): number;
}

export interface MachineOptions {
  readonly name: string;
  readonly folder: string;
  readonly shared: Shared;
  readonly gpus: number;
  readonly environment: Readonly<Record<string, string>>;
}

const stopMsMax = 10_000;
const restartMs = 500;

export function machineOf({ name, folder, shared, gpus, environment }: MachineOptions): Machine {
  const clockFile = join(folder, `${name}.clock`);
  const logFile = join(folder, `${name}.log`);
  const library = clockLibraries.find((path) => existsSync(path));
  const clock = {
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
  const args = ['--spool', join(shared.pathOf(name), 'spool'), '--node-name', name, '--verbose'];
  let child: ChildProcess | undefined;
  let isWanted = false;
  let selfEnds = 0;
  const isOver = (): boolean => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const over = async (): Promise<void> => {
    const running = child;
    if (running === undefined || isOver()) return;
    await new Promise((resolve) => running.once('exit', resolve));
  };
  const machine: Machine = {
    name,
    hasClock: library !== undefined,
    logFile,
    start() {
      isWanted = true;
      if (!isOver()) return;
      const log = openSync(logFile, 'a');
      const started = spawn(join(root, 'bin/mgpud'), [...args, '--gpus', String(gpus), '--cpus', '64'], {
        env: { ...environment, ...(library !== undefined && clock) },
        stdio: ['ignore', log, log],
        cwd: '/',
      });
      closeSync(log);
      child = started;
      started.once('exit', () => {
        if (!isWanted) return;
        selfEnds += 1;
        setTimeout(() => isWanted && machine.start(), restartMs);
      });
    },
    async kill() {
      isWanted = false;
      child?.kill('SIGKILL');
      await over();
    },
    async stop() {
      isWanted = false;
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), stopMsMax);
      await over();
      clearTimeout(timer);
    },
    signal: (signal) => void child?.kill(signal),
    setClock(hours) {
      writeFileSync(clockFile, `${hours < 0 ? '' : '+'}${hours}h\n`);
    },
    selfEnds: () => selfEnds,
  };
  machine.setClock(0);
  return machine;
}

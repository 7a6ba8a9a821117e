import { appendFileSync } from 'node:fs';
import type { Files } from '../../../src/ports/files.ts';
import type { Processes } from '../../../src/ports/processes.ts';

/*
 * Dying at the n-th step. A step is a change that this process makes: of a file, or of a process.
 * MGPU_TEST_KILL says where: `before 7`, `after 7`; at 0 never. Each step is added to the file
 * MGPU_TEST_STEPS before it is made.
 */

const [side = 'before', number = '0'] = (process.env['MGPU_TEST_KILL'] ?? '').split(' ');
const stepsFile = process.env['MGPU_TEST_STEPS'] ?? '/dev/null';
let steps = 0;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

async function step<T>(name: string, make: () => Promise<T>): Promise<T> {
  steps += 1;
  const isLast = steps === Number(number);
  appendFileSync(stepsFile, `${steps} ${name}\n`);
  if (isLast && side === 'before') die();
  const result = await make();
  if (isLast) die();
  return result;
}

export function killableFiles(files: Files): Files {
  return {
    ...files,
    create: (path, content, options) => step(`create ${path}`, () => files.create(path, content, options)),
    append: (path, content, options) => step(`append ${path}`, () => files.append(path, content, options)),
    link: (from, to) => step(`link ${to}`, () => files.link(from, to)),
    rename: (from, to) => step(`rename ${to}`, () => files.rename(from, to)),
    unlink: (path) => step(`unlink ${path}`, () => files.unlink(path)),
    makeDir: (path, mode) => step(`makeDir ${path}`, () => files.makeDir(path, mode)),
    removeTree: (path) => step(`removeTree ${path}`, () => files.removeTree(path)),
    syncDir: (path) => step(`syncDir ${path}`, () => files.syncDir(path)),
  };
}

export function killableProcesses(processes: Processes): Processes {
  return {
    ...processes,
    launch: (shim) => step('launch', () => processes.launch(shim)),
    signal: (identity, signal) => step(`signal ${signal}`, () => processes.signal(identity, signal)),
  };
}

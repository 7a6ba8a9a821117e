// The daemon that dies at its n-th step. A step is a change that it makes: of a file, or of a process.
// MGPU_TEST_KILL says where: `before 7`, `after 7`. Each step is added to the file MGPU_TEST_STEPS before it
// is made. Otherwise it stops by itself when MGPU_TEST_UNTIL holds: every job has `ended`, or is `accounted`.
import { appendFileSync } from 'node:fs';
import type { Files } from '../../../src/ports/files.ts';
import type { Processes } from '../../../src/ports/processes.ts';
import { runDaemon } from './compose.ts';

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

function killableFiles(files: Files): Files {
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

function killableProcesses(processes: Processes): Processes {
  return {
    ...processes,
    launch: (shim) => step('launch', () => processes.launch(shim)),
    signal: (identity, signal) => step(`signal ${signal}`, () => processes.signal(identity, signal)),
  };
}

await runDaemon({
  files: killableFiles,
  agent: (agent) => ({ ...agent, processes: killableProcesses(agent.processes) }),
  isOver: (agent) => {
    const { jobs, closed } = agent.journal.cluster();
    if (process.env['MGPU_TEST_UNTIL'] === 'accounted') return jobs.size === 0 && closed.length > 0;
    return jobs.size > 0 && [...jobs.values()].every((job) => job.state === 'ENDED');
  },
});

// The daemon that dies at its n-th step (see killing). If nothing kills it, it stops by itself when
// MGPU_TEST_UNTIL holds: every job has `ended`, or is `accounted`.
import { runDaemon } from './compose.ts';
import { killableFiles, killableProcesses } from './killing.ts';

await runDaemon({
  files: killableFiles,
  agent: (agent) => ({ ...agent, processes: killableProcesses(agent.processes) }),
  isOver: (agent) => {
    const { jobs, closed } = agent.journal.cluster();
    if (process.env['MGPU_TEST_UNTIL'] === 'accounted') return jobs.size === 0 && closed.length > 0;
    return jobs.size > 0 && [...jobs.values()].every((job) => job.state === 'ENDED');
  },
});

import { join } from 'node:path';
import type { Agent } from '../../../src/agent/agent.ts';
import { serve } from '../../../src/agent/daemon.ts';
import { makeAgent } from '../../../src/main/daemon/make.ts';
import { parseDaemonOptions } from '../../../src/main/daemon/options.ts';
import type { Files } from '../../../src/ports/files.ts';
import { asyncFiles } from '../../../src/system/files.ts';
import { createLogger } from '../../../src/system/logger.ts';

/**
 * So many seconds older than it is, a job looks to the daemon: the rest of its time limit is shorter by them.
 */
export const agedVariable = 'MGPU_TEST_AGED_SECONDS';

export interface DaemonParts {
  readonly files?: (files: Files) => Files;
  readonly agent?: (agent: Agent) => Agent;
  /** Ends the daemon as SIGTERM does; asked between its turns. */
  readonly isOver?: (agent: Agent) => boolean;
}

/** Runs the real daemon with some of its parts wrapped, as src/main/mgpud.ts does with the plain ones. */
export async function runDaemon(parts: DaemonParts): Promise<void> {
  const options = await parseDaemonOptions('mgpud', process.argv.slice(2));
  if ('shown' in options) throw new Error('this daemon only serves');
  const logger = await createLogger({ to: 'stderr', form: 'json', verbosity: options.verbosity });
  const files = parts.files?.(asyncFiles()) ?? asyncFiles();
  const made = aged(await makeAgent(options, { logger, files, stepCommand: [] }));
  const agent = parts.agent?.(made) ?? made;
  let isAsked = false;
  process.on('SIGTERM', () => {
    isAsked = true;
    agent.watcher.wake();
  });
  const end = await serve(agent, { isAsked: () => isAsked || parts.isOver?.(agent) === true });
  await agent.watcher.close();
  if (end === 'stopped') await agent.store.files.unlink(join(agent.localDir, 'daemon.json'));
  process.exit(end === 'stopped' ? 0 : 1);
}

function aged(agent: Agent): Agent {
  const seconds = Number(process.env[agedVariable] ?? 0);
  const { processes } = agent;
  return {
    ...agent,
    processes: { ...processes, ageSeconds: (identity) => processes.ageSeconds(identity) + seconds },
  };
}

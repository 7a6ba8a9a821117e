import { join } from 'node:path';
import type { Agent } from '../../../src/agent/agent.ts';
import { serve } from '../../../src/agent/daemon.ts';
import { makeAgent } from '../../../src/main/daemon/make.ts';
import { parseDaemonOptions } from '../../../src/main/daemon/options.ts';
import type { Settings } from '../../../src/model/settings.ts';
import type { Files } from '../../../src/ports/files.ts';
import { asyncFiles } from '../../../src/system/files.ts';
import { createLogger } from '../../../src/system/logger.ts';

/** What a test changes in a daemon; given as JSON in MGPU_TEST_TUNING. */
export interface Tuning {
  readonly settings?: Partial<Settings>;
  /** How many seconds a minute of a time limit has. */
  readonly minuteSeconds?: number;
}

export const tuningVariable = 'MGPU_TEST_TUNING';

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
  const made = tuned(await makeAgent(options, { logger, files, stepCommand: [] }));
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

function tuned(agent: Agent): Agent {
  const tuning: Tuning = JSON.parse(process.env[tuningVariable] ?? '{}');
  const { processes } = agent;
  const speed = 60 / (tuning.minuteSeconds ?? 60);
  return {
    ...agent,
    settings: { ...agent.settings, ...tuning.settings },
    processes: { ...processes, ageSeconds: (identity) => processes.ageSeconds(identity) * speed },
  };
}

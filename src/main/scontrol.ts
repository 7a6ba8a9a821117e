import { readStarted } from '../agent/markers.ts';
import { run } from '../commands/scontrol/run.ts';
import type { RunRecord } from '../model/runrecord.ts';
import { runningSteps } from '../services/steplist.ts';
import { sendRequest } from '../store/inbox.ts';
import { readClusterFile } from '../store/settings.ts';
import type { Store } from '../store/spool.ts';
import { currentAccount, hostNames } from '../system/user.ts';
import { readHostFile } from './wire/hostfile.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `scontrol`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'scontrol', calledAs }, async (argv, io) => {
    const { uid, userName } = await currentAccount();
    // The view comes first, and with it the spool that the rest is about.
    let opened: ReturnType<typeof openSession> | undefined;
    const session = (spool?: string): ReturnType<typeof openSession> => {
      opened ??= openSession(io, { spool, startsDaemon: false });
      return opened;
    };
    return run(argv, io, {
      view: async (spool) => (await session(spool)).present.view(),
      user: { uid, name: userName },
      runRecord: async (jobId, attempt) => startRecord((await session()).store, jobId, attempt),
      async config() {
        const { store } = await session();
        const { parseYaml } = await import('../system/yaml.ts');
        const { settings } = await readClusterFile(store, parseYaml);
        return { clusterName: store.spool.clusterName, settings };
      },
      readHostFile,
      steps: async ({ cluster }) => runningSteps((await session()).store, cluster),
      async send(request) {
        await sendRequest((await session()).store, request, hostNames().short);
      },
    });
  });
}

/** What the attempt's start marker says; undefined while, or where, it says nothing. */
async function startRecord(store: Store, jobId: number, attempt: number): Promise<RunRecord | undefined> {
  const marker = await readStarted(store, jobId, attempt);
  return typeof marker === 'string' ? undefined : marker;
}

import { readStarted } from '../agent/markers.ts';
import { run } from '../commands/scontrol/run.ts';
import { mayAdminister } from '../core/decide-settings.ts';
import type { RunRecord } from '../model/runrecord.ts';
import { askCluster } from '../services/askcluster.ts';
import { runningSteps } from '../services/steplist.ts';
import { readLoads } from '../store/nodes.ts';
import { readClusterFile } from '../store/settings.ts';
import type { Store } from '../store/spool.ts';
import { systemClock } from '../system/clock.ts';
import { lineReader } from '../system/inputlines.ts';
import { currentAccount, hostNames, userNameOf } from '../system/user.ts';
import { readHostFile } from './wire/hostfile.ts';
import { jobOfPid, pidsOf, refuseOldFormat, scriptOf, writeOwnFile } from './wire/jobcommands.ts';
import { readerOf, withReasonUsers } from './wire/readers.ts';
import { openSession } from './wire/session.ts';
import { isTerminal } from './wire/streams.ts';
import { isUser, uidOf } from './wire/users.ts';
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
      view: async (spool) => withReasonUsers(await (await session(spool)).present.view()),
      user: { uid, name: userName },
      runRecord: async (jobId, attempt) => startRecord((await session()).store, jobId, attempt),
      async config() {
        const { store } = await session();
        const { parseYaml } = await import('../system/yaml.ts');
        const { settings } = await readClusterFile(store, parseYaml);
        const { settingsFile, root } = store.layout;
        const owner = `${await userNameOf(store.ownerUid)}(${store.ownerUid})`;
        return { settings, settingsFile, spool: root, owner, host: hostNames().short };
      },
      loads: async () => readLoads((await session()).store),
      reader: readerOf,
      async mayAdminister({ cluster }) {
        const isOwner = (await session()).store.ownerUid === uid;
        return mayAdminister(cluster, { uid, isOwner });
      },
      isUser,
      uidOf,
      utcOffsetMinutes: (seconds) => systemClock().utcOffsetMinutes(seconds),
      async checkSettings() {
        const { parseYaml } = await import('../system/yaml.ts');
        await readClusterFile((await session()).store, parseYaml);
      },
      readHostFile,
      steps: async ({ cluster }) => runningSteps((await session()).store, cluster),
      async send(request) {
        const { store, present } = await session();
        refuseOldFormat(store, request);
        const requestId = await askCluster({ store, present }, { request, host: hostNames().short });
        // What a daemon alone can do is done when it says so, or a little later.
        if (request.name === 'reconfigure') await untilTaken(store, requestId);
      },
      async isOwner() {
        return (await session()).store.ownerUid === uid;
      },
      script: async (job) => scriptOf((await session()).store, job),
      writeFile: writeOwnFile,
      pids: async (job) => pidsOf((await session()).store, job),
      jobOfPid: async (pid) => jobOfPid((await session()).store, pid),
      host: io.environment['MGPU_NODE'] ?? hostNames().short,
      sleep: (ms) => systemClock().sleep(ms),
      readLine: lineReader(),
      isInputTerminal: await isTerminal(0),
    });
  });
}

const takenMsMax = 3000;
const lookMs = 20;

/** Until a daemon took the request out of the inbox; where none is there, for a short while. */
async function untilTaken({ files, layout, clock }: Store, requestId: string): Promise<void> {
  const end = clock.monotonicMs() + takenMsMax;
  const path = `${layout.inbox}/${requestId}.json`;
  while (clock.monotonicMs() < end && (await files.stat(path)) !== undefined) await clock.sleep(lookMs);
}

/** What the attempt's start marker says; undefined while, or where, it says nothing. */
async function startRecord(store: Store, jobId: number, attempt: number): Promise<RunRecord | undefined> {
  const marker = await readStarted(store, jobId, attempt);
  return typeof marker === 'string' ? undefined : marker;
}

import type { Agent } from '../../../src/agent/agent.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { Files } from '../../../src/ports/files.ts';
import type { ProcessIdentity } from '../../../src/ports/processes.ts';
import { openSpool } from '../../../src/store/spool.ts';
import { type FakeClock, fakeClock, fakeIds } from '../../fakes/clock.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { alice, registered } from '../core/world.ts';
import { journalOf, type OneDisk, root } from '../store/onedisk.ts';

export const localDir = '/local';
export const bootId = 'boot-1';

export interface FakeAgent {
  readonly agent: Agent;
  readonly clock: FakeClock;
  /** The programs that were started, by their first argument. */
  readonly launched: string[];
  readonly logged: string[];
  /** How often the daemon waited. */
  readonly waits: () => number;
}

/** The daemon of node1 with a disk and no processes; `files` may let a step fail. */
export async function fakeAgent(
  disk: OneDisk,
  files: (files: Files) => Files = (same) => same,
): Promise<FakeAgent> {
  const clock = fakeClock();
  const ports = { files: files(disk.disk.actor({ uid: alice })), clock, ids: fakeIds(70) };
  const store = await openSpool(ports, root);
  const launched: string[] = [];
  const logged: string[] = [];
  let waits = 0;
  const note = (message: string): void => void logged.push(message);
  const identity: ProcessIdentity = { pid: 7, startTicks: 7, bootId };
  const agent: Agent = {
    store,
    journal: await journalOf(store, 'node1'),
    processes: {
      usage: async () => [],
      bootId: () => bootId,
      async launch({ args }) {
        launched.push(args[0] ?? '');
        return identity;
      },
      isAlive: async () => false,
      uptimeSeconds: () => 1000 + clock.monotonicMs() / 1000,
      ageSeconds: () => 1,
      members: async () => new Map(),
      signal: async () => {},
    },
    parseYaml: parseJson,
    uidOf: async () => alice,
    locks: { tryLock: async () => async () => {} },
    logger: { error: note, warn: note, info: note, debug: () => {} },
    watcher: {
      async wait(ms) {
        waits += 1;
        clock.pass(ms / 1000);
      },
      wake() {},
      add() {},
      close: async () => {},
    },
    gpuProbe: undefined,
    settings: defaultSettings,
    node: { ...registered('node1').record, bootId },
    localDir,
    shimPath: 'shim',
    guardPath: 'guard',
    mayExecute: true,
    stepCommand: [],
  };
  return { agent, clock, launched, logged, waits: () => waits };
}

/** What a daemon finds on its own disk. */
export async function furnishLocal({ disk }: OneDisk): Promise<void> {
  const files = disk.actor({ uid: alice });
  for (const folder of [localDir, `${localDir}/runs`]) await files.makeDir(folder, 0o755);
}

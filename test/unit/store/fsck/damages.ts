import { encodeText } from '../../../../src/store/put.ts';
import type { Actor } from '../../../fakes/memory-disk.ts';
import { root, sealed } from '../onedisk.ts';
import type { Ages } from './lived.ts';

/** One way in which the spool of `livedSpool` can be spoilt, and what is to be found then. */
export interface Damage {
  readonly name: string;
  readonly spoil: (files: Actor) => Promise<unknown>;
  /** What is told of it: severity, path, what would be done (or `advice`), in the order of the report. */
  readonly finds: readonly (readonly [severity: string, path: string, does: string])[];
  /** Names in the spool that are so old, in seconds. */
  readonly ages?: Readonly<Record<string, number>>;
}

const plain = { mode: 0o644, sync: true };
const day = 24 * 60 * 60;
const at = (path: string): string => `${root}/${path}`;
const entry = (seq: number): string => `log/${String(seq).padStart(12, '0')}.json`;
const checkpoint = (seq: number): string => `checkpoints/${String(seq).padStart(12, '0')}.json`;

const put =
  (path: string, text: string, mode = 0o644) =>
  (files: Actor): Promise<unknown> =>
    files.create(at(path), encodeText(text), { ...plain, mode });
const append = (path: string) => (files: Actor) => files.append(at(path), encodeText('?'), plain);
const remove = (path: string) => (files: Actor) => files.removeTree(at(path));
const rewrite = (path: string, text: string) => async (files: Actor) => {
  await files.unlink(at(path));
  await files.create(at(path), encodeText(text), plain);
};
const inTurn =
  (...steps: readonly ((files: Actor) => Promise<unknown>)[]) =>
  async (files: Actor) => {
    for (const step of steps) await step(files);
  };

const moves = 'move it to lost+found';
const blanks = `${moves} and leave an empty file in its place`;
const goesBack = (seq: number): string => `move the log entries from ${seq} to 12`;
const remakes = `${moves} and write it anew from the log`;

const logDamages: readonly Damage[] = [
  {
    name: 'the newest checkpoint is damaged',
    spoil: append(checkpoint(11)),
    finds: [['error', checkpoint(11), remakes]],
  },
  {
    name: 'the newest checkpoint is a folder',
    spoil: inTurn(remove(checkpoint(11)), (files) => files.makeDir(at(checkpoint(11)), 0o755)),
    finds: [['error', checkpoint(11), remakes]],
  },
  {
    name: 'an older checkpoint is damaged and the log reaches back',
    spoil: append(checkpoint(9)),
    finds: [['warn', checkpoint(9), remakes]],
  },
  {
    name: 'an entry below the checkpoints is damaged',
    spoil: append(entry(4)),
    finds: [['warn', entry(4), blanks]],
  },
  {
    name: 'an entry between the checkpoints is missing',
    spoil: remove(entry(10)),
    finds: [['warn', entry(10), blanks]],
  },
  {
    name: 'the entry of the newest checkpoint’s own number is missing',
    spoil: remove(entry(11)),
    finds: [['error', entry(11), blanks]],
  },
  {
    name: 'an entry is of another number than its name',
    spoil: async (files) => {
      await files.unlink(at(entry(4)));
      await files.link(at(entry(5)), at(entry(4)));
    },
    finds: [['warn', entry(4), blanks]],
  },
  {
    name: 'the newest entry is damaged',
    spoil: append(entry(12)),
    finds: [['error', entry(12), `${goesBack(12)} to lost+found: the state goes back to commit 11`]],
  },
  {
    name: 'the newest entry has a right checksum and an event that nobody knows',
    spoil: async (files) => {
      const head = { mgpu: 'commit', format: 1, seq: 12, time: 1, writer: 'x', nonce: 'NONCE-0001' };
      await files.unlink(at(entry(12)));
      await files.create(at(entry(12)), sealed([head, { name: 'jobVanished', id: 6 }]), plain);
    },
    finds: [['error', entry(12), `${goesBack(12)} to lost+found: the state goes back to commit 11`]],
  },
  {
    name: 'the newest entry cannot follow on those before it',
    spoil: async (files) => {
      const head = { mgpu: 'commit', format: 1, seq: 12, time: 1, writer: 'x', nonce: 'NONCE-0001' };
      await files.unlink(at(entry(12)));
      await files.create(at(entry(12)), sealed([head, { name: 'jobUnheld', time: 1, id: 77 }]), plain);
    },
    finds: [['error', entry(12), `${goesBack(12)} to lost+found: the state goes back to commit 11`]],
  },
  {
    name: 'an entry and the newest checkpoint beyond it are damaged',
    spoil: inTurn(append(entry(10)), append(checkpoint(11))),
    finds: [
      [
        'error',
        entry(10),
        `${goesBack(10)} and the checkpoints 11 to lost+found: the state goes back to commit 9`,
      ],
    ],
  },
];

const strange: readonly Damage[] = [
  ...['log', 'checkpoints', 'accounting', 'accounting/history', 'nodes', 'locks', 'jobs', 'inbox'].map(
    (folder): Damage => ({
      name: `something else lies in ${folder}`,
      spoil: put(`${folder}/some thing`, 'x'),
      finds: [['warn', `${folder}/some thing`, moves]],
    }),
  ),
  ...['log', 'checkpoints', 'accounting', 'inbox', 'jobs', 'jobs/4', 'nodes/node1'].map(
    (folder): Damage => ({
      name: `a writer died in ${folder}`,
      spoil: put(`${folder}/.tmp.0000000001`, 'x'),
      ages: { [`${folder}/.tmp.0000000001`]: day },
      finds: [['warn', `${folder}/.tmp.0000000001`, moves]],
    }),
  ),
  {
    name: 'a FIFO in the inbox',
    spoil: async (files) => files.makeOther(at('inbox/fifo')),
    finds: [['warn', 'inbox/fifo', moves]],
  },
  {
    name: 'a link in place of a room',
    spoil: inTurn(remove('jobs/3'), async (files) => files.makeOther(at('jobs/3'))),
    finds: [['error', 'jobs/3', moves]],
  },
  {
    name: 'a heartbeat that is a folder',
    spoil: inTurn(remove('nodes/node1/heartbeat.json'), (files) =>
      files.makeDir(at('nodes/node1/heartbeat.json'), 0o755),
    ),
    finds: [['warn', 'nodes/node1/heartbeat.json', moves]],
  },
  {
    name: 'an inventory that says nothing',
    spoil: rewrite('nodes/node1/inventory.json', '{}'),
    finds: [['note', 'nodes/node1/inventory.json', moves]],
  },
  {
    name: 'a lock whose holder died',
    spoil: (files) => files.makeDir(at('locks/schedule.lock'), 0o755),
    ages: { 'locks/schedule.lock': day },
    finds: [['note', 'locks/schedule.lock', moves]],
  },
  {
    name: 'a hint that is none',
    spoil: rewrite('jobs/.last', 'many\n'),
    finds: [['note', 'jobs/.last', moves]],
  },
  ...['inbox', 'rejected', 'accounting/history', 'nodes', 'locks'].map(
    (folder): Damage => ({
      name: `no folder ${folder}`,
      spoil: remove(folder),
      finds: [['error', folder, 'make the folder']],
    }),
  ),
];

/** As a cluster of format 2 has it; by itself this is sound. */
async function fileSegment(files: Actor): Promise<void> {
  for (const folder of ['000', '000/000', '000/000/000'])
    await files.makeDir(at(`accounting/${folder}`), 0o755);
  await files.rename(at('accounting/000000000007.json'), at('accounting/000/000/000/000000000007.json'));
}

const jobDamages: readonly Damage[] = [
  {
    name: 'a segment of accounting is damaged',
    spoil: append('accounting/000000000007.json'),
    finds: [
      ['error', 'accounting/000000000007.json', moves],
      ['note', 'accounting', 'advice'],
    ],
  },
  {
    name: 'a segment that is filed in folders is damaged',
    spoil: inTurn(fileSegment, append('accounting/000/000/000/000000000007.json')),
    finds: [
      ['error', 'accounting/000/000/000/000000000007.json', moves],
      ['note', 'accounting', 'advice'],
    ],
  },
  {
    name: 'what is no segment lies among those that are filed, and one lies in a folder of others',
    spoil: inTurn(
      fileSegment,
      put('accounting/000/000/000/notes', 'x'),
      put('accounting/000/000/000/000000001234.json', 'x'),
      put('accounting/000/000/777', 'x'),
    ),
    finds: [
      ['warn', 'accounting/000/000/000/000000001234.json', moves],
      ['warn', 'accounting/000/000/000/notes', moves],
      ['warn', 'accounting/000/000/777', moves],
    ],
  },
  {
    name: 'a history file is damaged',
    spoil: put('accounting/history/000000000001.json', 'x\n'),
    finds: [['warn', 'accounting/history/000000000001.json', moves]],
  },
  {
    name: 'a room whose request was never sent',
    spoil: inTurn((files) => files.makeDir(at('jobs/9'), 0o755), put('jobs/9/script', 'x')),
    ages: { 'jobs/9': day },
    finds: [['warn', 'jobs/9', moves]],
  },
  {
    name: 'an empty room of no job',
    spoil: (files) => files.makeDir(at('jobs/9'), 0o755),
    ages: { 'jobs/9': day },
    finds: [['note', 'jobs/9', moves]],
  },
  {
    name: 'the room of a job that left the state',
    spoil: (files) => files.makeDir(at('jobs/1'), 0o755),
    finds: [['note', 'jobs/1', moves]],
  },
  {
    name: 'a job that was taken in and is not in the log',
    spoil: inTurn(append(entry(12)), async (files) => {
      await files.unlink(at(entry(12)));
    }),
    finds: [['error', 'jobs/6/request.json', 'put its request into the inbox again']],
  },
];

const forPeople: readonly Damage[] = [
  {
    name: 'no room of a job that waits',
    spoil: remove('jobs/4'),
    finds: [['error', 'jobs/4', 'advice']],
  },
  { name: 'no room of a job that runs', spoil: remove('jobs/2'), finds: [['warn', 'jobs/2', 'advice']] },
  { name: 'no room of a job that has ended', spoil: remove('jobs/3'), finds: [['note', 'jobs/3', 'advice']] },
  {
    name: 'no room of a submission',
    spoil: remove('jobs/5'),
    finds: [['warn', 'inbox/REQUEST-JOB-5.json', 'advice']],
  },
  {
    name: 'a launch file that is none',
    spoil: rewrite('jobs/4/launch.json', '[]'),
    finds: [['error', 'jobs/4/launch.json', 'advice']],
  },
  {
    name: 'a launch file that others may read',
    spoil: rewrite('jobs/4/launch.json', '{"mgpu":"launch","format":1,"args":[],"environment":{}}'),
    finds: [['warn', 'jobs/4/launch.json', 'advice']],
  },
  {
    name: 'no script',
    spoil: remove('jobs/4/script'),
    finds: [['error', 'jobs/4/script', 'advice']],
  },
  {
    name: 'marks of an attempt that does not exist',
    spoil: put('jobs/2/started.2', '{}\n'),
    finds: [['error', 'jobs/2/started.2', 'advice']],
  },
  {
    name: 'marks in a room of no job',
    spoil: inTurn((files) => files.makeDir(at('jobs/9'), 0o755), put('jobs/9/started.1', '{}\n')),
    finds: [['error', 'jobs/9/started.1', 'advice']],
  },
  {
    name: 'an exit record that cannot be read',
    spoil: put('jobs/2/exit.1', 'x'),
    finds: [['note', 'jobs/2/exit.1', 'advice']],
  },
  {
    name: 'settings that cannot be',
    spoil: put('cluster.yaml', '{"jobs":{"kil_wait":3}}'),
    finds: [['error', 'cluster.yaml', 'advice']],
  },
  {
    name: 'a file that others may write to',
    spoil: put('cluster.yaml', '{}', 0o666),
    finds: [['warn', 'cluster.yaml', 'advice']],
  },
  {
    name: 'a file of somebody beside the spool’s',
    spoil: put('README', 'hello'),
    finds: [['note', 'README', 'advice']],
  },
  {
    name: 'a file that was set aside',
    spoil: put('rejected/x', 'hello'),
    finds: [['note', 'rejected', 'advice']],
  },
  ...['log', 'checkpoints'].map(
    (folder): Damage => ({
      name: `no folder ${folder}`,
      spoil: remove(folder),
      finds: [['error', folder, 'advice']],
    }),
  ),
  {
    name: 'an older checkpoint is damaged and the log does not reach back',
    spoil: inTurn(append(checkpoint(9)), remove(entry(1))),
    finds: [['note', checkpoint(9), 'advice']],
  },
  {
    name: 'no checkpoint, and entries that are pruned',
    spoil: inTurn(remove(checkpoint(9)), remove(checkpoint(11)), remove(entry(1))),
    finds: [['error', entry(2), 'advice']],
  },
];

/** What `--repair` mends, and what it leaves to people. */
export const mendable = [...logDamages, ...strange, ...jobDamages];
export const unmendable = forPeople;

export function agesOf({ ages = {} }: Damage): Ages {
  return Object.fromEntries(Object.entries(ages).map(([path, age]) => [at(path), age]));
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { Files } from '../../../src/ports/files.ts';
import { fail, ok } from '../../../src/services/doctor/finding.ts';
import { examineWithPeer, type Measured, type PairOutcome } from '../../../src/services/doctor/pair.ts';
import { type Evidence, verdict } from '../../../src/services/doctor/verdict.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import { randomOf } from '../../fakes/random.ts';
import { type Turns, turnsOf } from '../../fakes/turns.ts';
import { type OneDisk, oneDisk, root } from '../store/onedisk.ts';

interface Given {
  /** What the second one's mount does otherwise. */
  readonly files?: (files: Files) => Partial<Files>;
  /** How far the second one's clock is ahead, in ms. */
  readonly aheadMs?: number;
}

async function storeOf(disk: OneDisk, turns: Turns): Promise<Store> {
  return (await disk.open({ turn: () => turns.next() })).store;
}

/** What two find out who come at about the same time. */
async function pair(seed: number, { files, aheadMs = 0 }: Given = {}): Promise<readonly PairOutcome[]> {
  const disk = await oneDisk();
  const turns = turnsOf(randomOf(seed));
  const outcomes = await turns.run([
    async () => examineWithPeer(await storeOf(disk, turns), { hostName: 'one', nowMs: () => 0 }),
    async () => {
      const store = await storeOf(disk, turns);
      const odd = { ...store, files: { ...store.files, ...files?.(store.files) } };
      return examineWithPeer(odd, { hostName: 'two', nowMs: () => aheadMs });
    },
  ]);
  const names = await disk.disk.actor().list(root);
  assert.deepEqual(
    names?.filter((name) => name.startsWith('.doctor')),
    [],
  );
  return outcomes.map((outcome) => {
    assert.equal(outcome.status, 'fulfilled');
    return outcome.value;
  });
}

function lines({ findings }: PairOutcome): readonly string[] {
  return findings.map(({ level, what, finding }) => `${level} ${what}: ${finding}`);
}

describe('two doctors', () => {
  it('meet, measure and part, whoever came first', async () => {
    for (let seed = 0; seed < 4; seed += 1) {
      const [one, two] = await pair(seed);
      assert.ok(one !== undefined && two !== undefined);
      assert.deepEqual(one.measured, two.measured);
      for (const outcome of [one, two]) {
        assert.deepEqual(
          outcome.findings.filter(({ level }) => level !== 'ok'),
          [],
        );
      }
      assert.equal(lines(one)[0], 'ok pair: measured with two');
      assert.equal(lines(two)[0], 'ok pair: measured with one');
      const [, here = '0', there = '0'] = /two: (\d+) here, (\d+) there$/.exec(lines(one).at(-1) ?? '') ?? [];
      assert.ok(Number(here) > 0 && Number(there) > 0, 'there was no race');
    }
  });

  it('find out that both get a name', async () => {
    const outcomes = await pair(1, {
      files: ({ create }) => ({
        async create(path, content, options) {
          const made = await create(path, content, options);
          return path.includes('/exclusive/') ? 'created' : made;
        },
      }),
    });
    for (const outcome of outcomes) assert.match(lines(outcome).join('\n'), /went to both/);
  });

  it('tell of a name that went to nobody, which is no harm', async () => {
    const outcomes = await pair(5, {
      files: ({ create }) => ({
        async create(path, content, options) {
          const made = await create(path, content, options);
          return /\/exclusive\/1?[0-9]$/.test(path) ? 'exists' : made;
        },
      }),
    });
    for (const outcome of outcomes)
      assert.match(
        lines(outcome).join('\n'),
        /warn exclusive create by two: [1-9]\d? of \d+ names went to nobody/,
      );
  });

  it('find out that a name holds what the loser put there', async () => {
    const outcomes = await pair(2, {
      files: (files) => ({
        async link(from, to) {
          const got = await files.link(from, to);
          if (got === 'exists') await files.unlink(to).then(() => files.link(from, to));
          return got;
        },
      }),
    });
    const all = outcomes.map(lines).join('\n');
    assert.match(all, /fail link by two: of \d+ names, number \d+ holds what the loser put there/);
  });

  it('tell that a clock is off', async () => {
    for (const outcome of await pair(3, { aheadMs: 3_600_000 }))
      assert.match(lines(outcome).join('\n'), /warn clock of another: .* 3\d\d\d\.\d s (ahead|behind)/);
  });

  it('one alone says so, and takes away what a dead one left', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    await store.files.makeDir(`${root}/.doctor.pair`, 0o700);
    await store.files.create(`${root}/.doctor.pair/first`, encodeText('dead'), { mode: 0o600, sync: false });
    const { findings } = await examineWithPeer(store, { hostName: 'one', nowMs: () => 0 });
    assert.deepEqual(findings, [
      fail('pair', 'nobody came within 120 s', 'type `mgpu doctor --pair` on two machines at the same time'),
    ]);
    assert.equal(await store.files.stat(`${root}/.doctor.pair`), undefined);
  });
});

describe('the verdict', () => {
  const measured: Measured = { nameMs: 3, nameMsMax: 8, changeMsMax: 20, aheadMs: 0 };
  const sound: Evidence = {
    findings: [ok('link', 'one of two wins')],
    reach: 'shared',
    pollMs: 250,
    measured,
    settings: defaultSettings,
  };
  const cases: readonly (readonly [string, Partial<Evidence>, RegExp])[] = [
    [
      'sound',
      {},
      /^ok fit: looking every 250 ms suits, and with `mgpud --poll 50` jobs start sooner; .* 300 s suits/,
    ],
    [
      'slow',
      { measured: { ...measured, nameMs: 900, nameMsMax: 3000 } },
      /^ok fit: news takes up to 3000 ms, .*--poll 1800/,
    ],
    [
      'as slow as it looks',
      { measured: { ...measured, nameMs: 125, nameMsMax: 400 } },
      /^ok fit: looking every 250 ms suits;/,
    ],
    [
      'later than a node timeout',
      { measured: { ...measured, changeMsMax: 400_000 } },
      /^warn .* 400000 ms late.* timeout: 430 or more/,
    ],
    ['broken', { findings: [fail('link', 'both won')] }, /^fail not fit for a cluster: link$/],
    [
      'nobody came',
      { measured: undefined, findings: [fail('pair', 'nobody came')] },
      /^warn fit, as far as one machine can tell/,
    ],
    ['alone', { measured: undefined }, /^warn fit, as far as one machine can tell .*--pair/],
    [
      'alone on a local disk',
      { measured: undefined, reach: 'local' },
      /^ok fit for the daemons of this machine$/,
    ],
    ['with events', { pollMs: undefined }, /^ok fit: changes made elsewhere are seen; /],
  ];
  for (const [name, given, expected] of cases) {
    it(name, () => {
      const { level, finding, advice } = verdict({ ...sound, ...given });
      assert.match([level, finding, advice].filter(Boolean).join(' '), expected);
    });
  }
});

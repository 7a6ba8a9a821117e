import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMgpuError } from '../../../src/base/error.ts';
import { reduceCommit } from '../../../src/core/reduce.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import {
  decodeCheckpoint,
  decodeCommit,
  decodeSegment,
  encodeCheckpoint,
  encodeCommit,
  encodeSegment,
} from '../../../src/store/codec.ts';
import { node } from '../builders.ts';
import { commands, live } from '../core/commands.ts';
import { now, submitted } from '../core/world.ts';
import { sealed, shown, someEvents } from './onedisk.ts';

const head = { format: 3, seq: 7, time: now, writer: 'node1', nonce: 'AAAAAAAA' };
const commitHead = { mgpu: 'commit', ...head };
const path = 'log/000000000007.json';

function clusterOf(commits: readonly (readonly ClusterEvent[])[]): Cluster {
  return commits.reduce((cluster, events, index) => reduceCommit(cluster, index + 1, events), emptyCluster);
}

const small = clusterOf(someEvents);
const files: readonly (readonly [string, Uint8Array, (bytes: Uint8Array, path: string) => unknown])[] = [
  ['commit', encodeCommit(head, someEvents.flat()), decodeCommit],
  ['checkpoint', encodeCheckpoint(small, now), decodeCheckpoint],
  [
    'segment',
    encodeSegment(
      7,
      now,
      [...small.jobs.values()].filter((job) => job.state === 'ENDED'),
    ),
    decodeSegment,
  ],
];

describe('codec: files', () => {
  it('are lines of JSON that people can read, the last one the foot', () => {
    const text = new TextDecoder().decode(encodeCommit(head, [submitted(1)]));
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    assert.deepEqual(lines[0], commitHead);
    assert.deepEqual(lines[1], submitted(1));
    assert.deepEqual(Object.keys(lines[2] as object), ['lines', 'crc32']);
    assert.ok(text.endsWith('}\n'));
  });

  it('give back what was put in', () => {
    const [[, commit], [, checkpoint]] = files as [(typeof files)[0], (typeof files)[0]];
    assert.deepEqual(decodeCommit(commit, path), { head: commitHead, events: someEvents.flat() });
    assert.deepEqual(shown(decodeCheckpoint(checkpoint, path)), shown(small));
  });

  it('keep texts of all kinds', () => {
    const comment = 'a\nb\u2028"\\\t😀\ud800\u007f';
    const event = submitted(1, { comment, name: '' });
    assert.deepEqual(decodeCommit(encodeCommit(head, [event]), path).events, [event]);
  });

  it('may be empty of things', () => {
    assert.deepEqual(decodeCommit(encodeCommit(head, []), path).events, []);
    assert.deepEqual(shown(decodeCheckpoint(encodeCheckpoint(emptyCluster, now), path)), shown(emptyCluster));
    assert.deepEqual(decodeSegment(encodeSegment(1, now, []), path), []);
  });

  it('write a specification that many tasks share once', () => {
    const array = { tasks: [[1, 50]] as const, throttle: 0 };
    const claims = Array.from({ length: 40 }, (_, index) => ({
      name: 'jobAllocated' as const,
      time: now,
      id: 2 + index,
      attempt: 1,
      allocation: [{ node: 'wide', cpus: 1, memoryMb: 0, gpus: [], tasks: 1 }],
      array: { job: 1, task: 1 + index },
    }));
    const cluster = clusterOf([
      [{ name: 'nodeRegistered', time: now, record: node('wide', { cpus: 64 }).record }],
      [submitted(1, { array, comment: 'only once' }), ...claims],
    ]);
    const bytes = encodeCheckpoint(cluster, now);
    assert.equal(new TextDecoder().decode(bytes).split('only once').length, 2);
    const back = decodeCheckpoint(bytes, path);
    assert.deepEqual(shown(back), shown(cluster));
    assert.equal(back.jobs.get(30)?.spec, back.jobs.get(1)?.spec, 'and share it again');
    assert.deepEqual(encodeCheckpoint(back, now), bytes);
  });
});

describe('codec: damage', () => {
  for (const [name, bytes, decode] of files) {
    const finds = (damaged: Uint8Array, what: string): void => {
      assert.throws(
        () => decode(damaged, path),
        (error) => {
          assert.ok(isMgpuError(error, 'DAMAGED'), `${what}: ${error}`);
          assert.ok(error.message.startsWith(`${path}: `), error.message);
          assert.match(error.hint ?? '', /docs\/format\.md/);
          return true;
        },
        what,
      );
    };

    it(`every changed byte of a ${name} is found and named`, () => {
      const changes = [1, 32, 128, 255];
      for (let at = 0; at < bytes.length; at += 1) {
        const damaged = bytes.slice();
        for (const change of changes) {
          damaged[at] = (bytes[at] ?? 0) ^ change;
          finds(damaged, `byte ${at} changed by ${change}`);
        }
      }
    });

    it(`every cut of a ${name} is found and named`, () => {
      for (let length = 0; length < bytes.length; length += 1) {
        finds(bytes.slice(0, length), `cut to ${length} bytes`);
        if (length > 0) finds(bytes.slice(length), `its first ${length} bytes lost`);
      }
    });

    it(`a ${name} with a lost, doubled or added line is found`, () => {
      const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
      const joined = (some: readonly string[]): Uint8Array =>
        new TextEncoder().encode(`${some.join('\n')}\n`);
      for (const at of lines.keys()) {
        finds(joined(lines.toSpliced(at, 1)), `line ${at + 1} lost`);
        finds(joined(lines.toSpliced(at, 0, lines[at] ?? '')), `line ${at + 1} doubled`);
        finds(joined(lines.toSpliced(at, 0, '')), `an empty line before ${at + 1}`);
      }
      finds(joined([...lines, '{}']), 'a line added');
    });
  }

  it('text that is no UTF-8 is found, even where the checksum was made for it', () => {
    const bytes = sealed([commitHead, { name: 'x' }]);
    assert.throws(() => decodeCommit(bytes.with(bytes.length - 5, 0xff), path), { code: 'DAMAGED' });
  });
});

describe('codec: other programs', () => {
  it('a newer format is refused as that', () => {
    const message = /^log\/000000000007\.json: its format 4 is newer/;
    assert.throws(() => decodeCommit(sealed([{ ...commitHead, format: 4, seq: 'new' }]), path), {
      code: 'NEWER_FORMAT',
      message,
    });
  });

  it('what is nested too deeply to be written again is refused by name', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const newer = { ...submitted(1), colour: deep };
    assert.throws(() => encodeCommit(head, [newer]), { code: 'SCHEMA', message: /nested too deeply/ });
    const config = { partitions: [], nodes: [], colour: deep };
    assert.throws(() => encodeCheckpoint({ ...small, config }, now), {
      code: 'SCHEMA',
      message: /nested too deeply/,
    });
  });

  it('an unknown event is refused, with its line', () => {
    const lines = [commitHead, submitted(1), { name: 'jobFrozen', time: now, id: 1 }];
    assert.throws(() => decodeCommit(sealed(lines), path), {
      code: 'SCHEMA',
      message: /^log\/000000000007\.json: line 3: name: expected one of /,
    });
  });

  it('an unknown kind of file is refused', () => {
    for (const [, bytes] of files.slice(1)) {
      assert.throws(() => decodeCommit(bytes, path), { code: 'SCHEMA', message: /line 1: mgpu: / });
    }
  });

  it('an unknown field is kept, from the log into the state and the checkpoint', () => {
    const newer = { ...submitted(1), spec: { ...submitted(1).spec, colour: { deep: ['red'] } }, why: 'so' };
    const { events } = decodeCommit(sealed([commitHead, newer]), path);
    assert.deepEqual(events, [newer]);
    const again = decodeCommit(encodeCommit(head, events), path);
    assert.deepEqual(again.events, [newer]);
    const cluster = decodeCheckpoint(encodeCheckpoint(clusterOf([events]), now), path);
    assert.deepEqual(cluster.jobs.get(1)?.spec, newer.spec);
  });

  it('what readers would refuse is not written', () => {
    const addresses = Array.from({ length: 65 }, (_, index) => `192.0.2.${index}`);
    const event = { name: 'nodeRegistered', time: now, record: node('n', { addresses }).record } as const;
    assert.throws(() => encodeCommit(head, [event]), {
      code: 'SCHEMA',
      message: /commit 7, not written: nodeRegistered: record\.addresses: /,
    });
  });
});

describe('codec: laws', () => {
  it('a cluster that lived at random goes through its files and back', () => {
    fc.assert(
      fc.property(commands, (all) => {
        const { cluster, commits } = live(all);
        for (const events of commits) {
          assert.deepEqual(decodeCommit(encodeCommit({ ...head, format: 3 }, events), path).events, events);
        }
        const checkpoint = encodeCheckpoint(cluster, now);
        assert.deepEqual(shown(decodeCheckpoint(checkpoint, path)), shown(cluster));
        const ended = [...cluster.jobs.values()].filter((job) => job.state === 'ENDED');
        assert.deepEqual(decodeSegment(encodeSegment(1, now, ended), path), ended);
      }),
      { numRuns: 15 },
    );
  });
});

describe('codec: many', () => {
  it('as many ranges of closed ids as jobs that leave the state out of order can make', () => {
    const closed = Array.from({ length: 150_000 }, (_, index) => [2 * index + 1, 2 * index + 1] as const);
    const handled = new Set(Array.from({ length: 120_000 }, (_, index) => `REQUEST-${index}`));
    const back = decodeCheckpoint(encodeCheckpoint({ ...small, closed, handled }, now), path);
    assert.deepEqual(back.closed, closed);
    assert.equal(back.handled.size, handled.size);
  });

  it('lines that are read in pieces, as long as they may be', () => {
    const events = Array.from({ length: 70 }, (_, index) =>
      submitted(index + 1, { comment: 'é'.repeat(index % 7 === 0 ? 60_000 : 20_000) }),
    );
    const bytes = encodeCommit(head, events);
    assert.ok(bytes.length > 2 ** 21);
    assert.deepEqual(decodeCommit(bytes, path).events, events);
  });
});

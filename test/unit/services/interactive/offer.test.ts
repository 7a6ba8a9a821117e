import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveLink } from '../../../../src/ports/live.ts';
import { offerLive } from '../../../../src/services/interactive/offer.ts';

/** A network on which links come when the test says so. */
function fakeNet() {
  const closed: LiveLink[] = [];
  let accept: (link: LiveLink) => void = () => {};
  let isListening = false;
  const link = (): LiveLink => {
    const one: LiveLink = { send() {}, listen() {}, close: () => void closed.push(one) };
    return one;
  };
  return {
    closed,
    isListening: () => isListening,
    come(): LiveLink {
      const one = link();
      accept(one);
      return one;
    },
    net: {
      async listen(given: (link: LiveLink) => void) {
        accept = given;
        isListening = true;
        const close = (): void => {
          isListening = false;
        };
        return { addresses: ['10.0.0.1'], port: 4000, key: 'ab'.repeat(32), close };
      },
    },
  };
}

const wish = { seconds: 5, bootId: 'here' };

test('srun listens only where a node may connect', async () => {
  const cases: readonly (readonly ['socket' | 'file' | 'auto', readonly string[], boolean])[] = [
    ['file', ['there'], false],
    ['auto', ['here'], false],
    ['auto', ['here', 'there'], true],
    ['socket', ['here'], true],
    ['socket', [], false],
  ];
  for (const [mode, bootIds, isMade] of cases) {
    const { net, isListening } = fakeNet();
    const made = await offerLive({ ...wish, mode, net }, bootIds);
    assert.deepEqual([made !== undefined, isListening()], [isMade, isMade], `${mode} ${bootIds}`);
  }
  assert.equal(await offerLive(undefined, ['there']), undefined);
});

test('who comes before srun follows its step is kept, and too many are not', async () => {
  const { net, come, closed, isListening } = fakeNet();
  const made = (await offerLive({ ...wish, mode: 'socket', net }, ['there'])) ?? assert.fail();
  assert.deepEqual([made.offer.port, made.offer.mode, made.offer.bootId], [4000, 'socket', 'here']);
  const early = Array.from({ length: 6 }, come);
  assert.deepEqual(closed, early.slice(4));
  const got: LiveLink[] = [];
  const stop = made.onLink((link) => void got.push(link));
  got.push(come());
  assert.deepEqual(got.slice(0, 4), early.slice(0, 4));
  stop();
  const late = come();
  assert.equal(closed.at(-1), late);
  made.close();
  assert.equal(isListening(), false);
});

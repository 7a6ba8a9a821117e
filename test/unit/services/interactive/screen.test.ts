import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WindowSize } from '../../../../src/model/window.ts';
import { giveScreen } from '../../../../src/services/interactive/screen.ts';

/** A terminal whose window the test sets. */
function fakeScreen(begin: WindowSize) {
  const state = { window: begin, isRaw: false, handler: undefined as (() => void) | undefined };
  return {
    state,
    screen: {
      async raw() {
        state.isRaw = true;
        return async () => {
          state.isRaw = false;
        };
      },
      window: () => state.window,
      onResize(handler: () => void) {
        state.handler = handler;
        return () => {
          state.handler = undefined;
        };
      },
    },
    resize(window: WindowSize) {
      state.window = window;
      state.handler?.();
    },
  };
}

const small = { rows: 24, columns: 80 };

test('a terminal is raw until it is taken back', async () => {
  const { screen, state } = fakeScreen(small);
  const release = await giveScreen(screen, { begin: small, send: async () => {} });
  assert.equal(state.isRaw, true);
  await release();
  assert.deepEqual([state.isRaw, state.handler], [false, undefined]);
});

test('a window is told when it differs, and of many at once the last', async () => {
  const { screen, state, resize } = fakeScreen(small);
  const sent: number[] = [];
  let done: () => void = () => {};
  const send = async ({ rows }: WindowSize): Promise<void> => {
    sent.push(rows);
    await new Promise<void>((resolve) => {
      done = resolve;
    });
  };
  state.window = { rows: 30, columns: 80 };
  const release = await giveScreen(screen, { begin: small, send });
  // It was changed before the task had it.
  assert.deepEqual(sent, [30]);
  for (const rows of [31, 32, 33]) resize({ rows, columns: 80 });
  assert.deepEqual(sent, [30]);
  done();
  await new Promise(setImmediate);
  assert.deepEqual(sent, [30, 33]);
  done();
  await new Promise(setImmediate);
  resize({ rows: 33, columns: 80 });
  assert.deepEqual(sent, [30, 33]);
  await release();
});

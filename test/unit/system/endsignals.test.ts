import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { endSignals } from '../../../src/system/endsignals.ts';

describe('the signals of a step supervisor', () => {
  it('SIGTERM alone came to it alone', async () => {
    const source = new EventEmitter();
    const asked = endSignals(source);
    source.emit('SIGTERM');
    assert.equal(await asked, 'us');
  });

  it('SIGTERM with SIGCONT, in either order, came to all', async () => {
    for (const signals of [
      ['SIGCONT', 'SIGTERM'],
      ['SIGTERM', 'SIGCONT'],
    ]) {
      const source = new EventEmitter();
      const asked = endSignals(source);
      for (const signal of signals) source.emit(signal);
      assert.equal(await asked, 'all');
    }
  });

  it('those of the tasks do not end it', () => {
    const source = new EventEmitter();
    void endSignals(source);
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGTSTP']) {
      assert.ok(source.emit(signal), signal);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindingWords, readProlog } from '../../../src/model/taskhooks.ts';

describe('what is run around a task', () => {
  it('a prolog sets, takes out and shows, line by line (srun.prolog)', () => {
    const said = 'export TPV=1\nprint from prolog\nunset GONE\nexport 1BAD=2\nanything\n';
    assert.deepEqual(readProlog(said), { set: { TPV: '1', GONE: undefined }, print: 'from prolog\n' });
  });

  it('tasks are bound in turn', () => {
    assert.deepEqual(bindingWords({}, 0), []);
    assert.deepEqual(bindingWords({ cpus: '0,2' }, 3), ['taskset', '-c', '2']);
    assert.deepEqual(bindingWords({ cpuMasks: '0x3,0xc' }, 0), ['taskset', '0x3']);
  });
});

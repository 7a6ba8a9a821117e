import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ulimitWords } from '../../../src/model/ulimit.ts';

test('limits are told in the units of ulimit', () => {
  const submitted = {
    SLURM_RLIMIT_CORE: '1024',
    SLURM_RLIMIT_STACK: '8388608',
    SLURM_RLIMIT_NOFILE: 'U500',
    SLURM_RLIMIT_CPU: 'unlimited',
    SLURM_RLIMIT_AS: '18446744073709551615',
    // Not one of them, and not a value.
    SLURM_RLIMIT_X: '1',
    SLURM_RLIMIT_NPROC: '5; rm -rf /',
  };
  assert.equal(ulimitWords(submitted), 'v:18014398509481983 c:2 t:unlimited n:500:NOFILE s:8192');
  assert.equal(ulimitWords({}), undefined);
});

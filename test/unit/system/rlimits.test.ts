import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLimits, softLimits } from '../../../src/system/rlimits.ts';

const table = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max processes             96365                96365                processes 
Max open files            1024                 524288               files     
Max pending signals       96365                96365                signals   
Max realtime timeout      unlimited            unlimited            us        
`;

test('the soft limits that can be taken along are read from the table of the kernel', () => {
  assert.deepEqual(parseLimits(table), {
    CPU: 'unlimited',
    STACK: '8388608',
    CORE: '0',
    NPROC: '96365',
    NOFILE: '1024',
  });
  assert.deepEqual(parseLimits(''), {});
});

test('this process has limits', { skip: process.platform !== 'linux' }, () => {
  const { NOFILE, STACK } = softLimits();
  for (const limit of [NOFILE, STACK]) assert.match(String(limit), /^(\d+|unlimited)$/);
});

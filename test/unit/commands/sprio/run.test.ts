import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../../src/commands/sprio/run.ts';
import { fakeIo } from '../../builders.ts';

test('says that priorities are made of no factors, as Slurm under priority/basic (observed)', async () => {
  for (const words of [[], ['-j', '999'], ['-o', '%i %Y'], ['-w'], ['-h'], ['-n', '-l', '-u', 'alice']]) {
    const io = fakeIo({ program: 'sprio' });
    assert.equal(await run(words, io), 1);
    assert.deepEqual(io.printed, {
      out: '',
      err: `You are not running a supported priority plugin
(priority/basic).
Only 'priority/multifactor' is supported.
`,
    });
  }
});

test('an option that is unknown is told (observed)', async () => {
  const io = fakeIo({ program: 'sprio' });
  assert.equal(await run(['--helpformat'], io), 1);
  assert.equal(
    io.printed.err,
    'sprio: unrecognized option \'--helpformat\'\nTry "sprio --help" for more information\n',
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice } from '../../core/world.ts';
import { agesOf, mendable, unmendable } from './damages.ts';
import { flawsOf, livedSpool } from './lived.ts';

describe('fsck: each damage is named', () => {
  for (const damage of [...mendable, ...unmendable]) {
    it(damage.name, async () => {
      const disk = await livedSpool();
      await damage.spoil(disk.disk.actor({ uid: alice }));
      const found = (await flawsOf(disk, agesOf(damage))).map((line) => {
        const [, severity, path, does] = /^(\w+) (.*?): .*\(([^()]*)\)$/s.exec(line) ?? [];
        return [severity, path, does];
      });
      assert.deepEqual(found, damage.finds);
    });
  }

  it('a file of another user', async () => {
    const disk = await livedSpool();
    const files = disk.disk.actor({ uid: 7 });
    await files.makeDir('/spool/jobs/7', 0o755);
    const [flaw = ''] = await flawsOf(disk);
    assert.match(flaw, /^warn jobs\/7: it belongs to uid 7, .*\(advice\)$/);
  });

  it('a missing folder does not hide the rest, unless nothing can be told without it', async () => {
    for (const [folder, seen] of [
      ['locks', ['error locks', 'warn log/junk']],
      ['inbox', ['error inbox']],
    ] as const) {
      const disk = await livedSpool();
      const files = disk.disk.actor({ uid: alice });
      await files.removeTree(`/spool/${folder}`);
      await files.create('/spool/log/junk', new Uint8Array(), { mode: 0o644, sync: true });
      assert.deepEqual(
        (await flawsOf(disk)).map((line) => line.split(':')[0]),
        seen,
      );
    }
  });

  it('what is young may be in use', async () => {
    const disk = await livedSpool();
    const files = disk.disk.actor({ uid: alice });
    const options = { mode: 0o644, sync: true };
    for (const path of ['inbox/.tmp.1', 'log/.tmp.1', 'jobs/4/.tmp.1', '.doctor.1'])
      await files.create(`/spool/${path}`, new Uint8Array(), options);
    await files.makeDir('/spool/jobs/9', 0o755);
    await files.makeDir('/spool/locks/schedule.lock', 0o755);
    assert.deepEqual(await flawsOf(disk), []);
  });
});

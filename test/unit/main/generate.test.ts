import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSacct } from '../../../src/commands/sacct/options.ts';
import { readSacctmgr } from '../../../src/commands/sacctmgr/options.ts';
import { readSalloc } from '../../../src/commands/salloc/options.ts';
import { readSattach } from '../../../src/commands/sattach/options.ts';
import { readSbatchLine } from '../../../src/commands/sbatch/options.ts';
import { readSbcast } from '../../../src/commands/sbcast/options.ts';
import { readScancel } from '../../../src/commands/scancel/options.ts';
import { readAdminCommand } from '../../../src/commands/scontrol/admin.ts';
import { readOwn } from '../../../src/commands/scontrol/keywords.ts';
import { readScontrol } from '../../../src/commands/scontrol/options.ts';
import { readSdiag } from '../../../src/commands/sdiag/options.ts';
import { readSinfo } from '../../../src/commands/sinfo/options.ts';
import { readSprio } from '../../../src/commands/sprio/options.ts';
import { readSqueue } from '../../../src/commands/squeue/options.ts';
import { readSrun } from '../../../src/commands/srun/options.ts';
import { readSshare } from '../../../src/commands/sshare/options.ts';
import { readSstat } from '../../../src/commands/sstat/options.ts';
import { generatedFiles } from '../../../src/main/generate.ts';

const files = generatedFiles();

test('every command has a page, and the shells have their files', () => {
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    'completions/_mgpu',
    'completions/mgpu.bash',
    'completions/mgpu.fish',
    'man/mgpu.1',
    'man/mgpu_sacct.1',
    'man/mgpu_sacctmgr.1',
    'man/mgpu_salloc.1',
    'man/mgpu_sattach.1',
    'man/mgpu_sbatch.1',
    'man/mgpu_sbcast.1',
    'man/mgpu_scancel.1',
    'man/mgpu_scontrol.1',
    'man/mgpu_sdiag.1',
    'man/mgpu_sinfo.1',
    'man/mgpu_sprio.1',
    'man/mgpu_squeue.1',
    'man/mgpu_srun.1',
    'man/mgpu_sshare.1',
    'man/mgpu_sstat.1',
    'man/mgpud.8',
  ]);
});

test('no placeholder is left over, and every page ends its lines well', () => {
  for (const { path, text } of files) {
    assert.doesNotMatch(text, /\{\{/, path);
    assert.doesNotMatch(text, /[ \t]\n|\n\n\n/, path);
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), path);
    if (path.startsWith('man/')) assert.doesNotMatch(text, /\n\n/, path);
  }
});

const readers: Readonly<Record<string, (words: readonly string[]) => object>> = {
  mgpu_sbatch: readSbatchLine,
  mgpu_sattach: (words) => readSattach(words, {}),
  mgpu_sbcast: (words) => readSbcast(words, {}),
  mgpu_sstat: (words) => readSstat(words, {}),
  mgpu_salloc: (words) => readSalloc(words, {}),
  mgpu_scancel: (words) => readScancel(words, {}),
  mgpu_scontrol: (words) => readOwn(words, {}) ?? readAdminCommand(words, {}) ?? readScontrol(words, {}),
  mgpu_sacctmgr: (words) => readSacctmgr(words, {}),
  mgpu_sdiag: (words) => readSdiag(words, {}),
  mgpu_sprio: (words) => readSprio(words, {}),
  mgpu_sshare: (words) => readSshare(words, {}),
  mgpu_sacct: (words) => readSacct(words, {}),
  mgpu_sinfo: (words) => readSinfo(words, {}),
  mgpu_squeue: (words) => readSqueue(words, {}),
  mgpu_srun: (words) => readSrun(words, {}),
};

test('the commands understand the examples of their pages', () => {
  let examples = 0;
  for (const { path, text } of files) {
    for (const [, line = ''] of text.matchAll(/^\$ (.*)$/gm)) {
      const [command = '', ...words] = wordsOf(line);
      const read = readers[command];
      if (read === undefined) {
        assert.match(command, /^mgpud?$/, path);
        continue;
      }
      examples += 1;
      assert.ok('values' in read(words), `${path}: ${line}`);
    }
  }
  assert.ok(examples >= 10);
});

/** The words of an example, as a shell sees them: blanks part them, single quotes keep them together. */
function wordsOf(line: string): readonly string[] {
  const plain = line.replaceAll('\\-', '-').replaceAll('\\(aq', "'");
  return [...plain.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

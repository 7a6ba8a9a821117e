import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyFile } from '../../../src/model/clusterfile.ts';
import type { YamlText } from '../../../src/ports/yaml.ts';
import { encodeText } from '../../../src/store/put.ts';
import { readClusterFile } from '../../../src/store/settings.ts';
import { oneDisk, root } from './onedisk.ts';

test('a cluster without settings has the defaults', async () => {
  const { store } = await (await oneDisk()).open();
  const file = await readClusterFile(store, () => assert.fail('there is nothing to parse'));
  assert.deepEqual(file, emptyFile);
});

test('the settings are those of cluster.yaml, and errors name the place in it', async () => {
  const { store, actor } = await (await oneDisk()).open();
  await actor.create(`${root}/cluster.yaml`, encodeText('the text'), { mode: 0o644, sync: true });
  const asked: string[] = [];
  const says =
    (value: unknown) =>
    async (text: string, path: string): Promise<YamlText> => {
      asked.push(text, path);
      return { value, placeOf: (steps, part) => ({ line: steps.length, column: part === 'word' ? 1 : 9 }) };
    };
  assert.deepEqual(await readClusterFile(store, says(undefined)), emptyFile);
  assert.deepEqual(asked, ['the text', `${root}/cluster.yaml`]);
  await assert.rejects(readClusterFile(store, says({ nosuch: 1 })), {
    message: '/spool/cluster.yaml:1:1: unknown setting: nosuch',
  });
  await assert.rejects(readClusterFile(store, says({ jobs: { kill_wait: '3' } })), {
    message: '/spool/cluster.yaml:2:9: jobs: kill_wait: expected a whole number from 1 to 1000000',
  });
});

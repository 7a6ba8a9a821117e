import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../../src/model/settings.ts';
import { encodeText } from '../../../src/store/put.ts';
import { readSettings } from '../../../src/store/settings.ts';
import { oneDisk, root } from './onedisk.ts';

test('a cluster without settings has the defaults', async () => {
  const { store } = await (await oneDisk()).open();
  const settings = await readSettings(store, () => assert.fail('there is nothing to parse'));
  assert.deepEqual(settings, defaultSettings);
});

test('the settings are those of cluster.yaml, and errors name it', async () => {
  const { store, actor } = await (await oneDisk()).open();
  await actor.create(`${root}/cluster.yaml`, encodeText('the text'), { mode: 0o644, sync: true });
  const asked: string[] = [];
  const parse = async (text: string, path: string): Promise<unknown> => {
    asked.push(text, path);
    return undefined;
  };
  assert.deepEqual(await readSettings(store, parse), defaultSettings);
  assert.deepEqual(asked, ['the text', `${root}/cluster.yaml`]);
  await assert.rejects(
    readSettings(store, async () => ({ nosuch: 1 })),
    /\/spool\/cluster\.yaml/,
  );
});

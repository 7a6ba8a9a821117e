import { limits } from '../model/limits.ts';
import { defaultSettings, type Settings, settingsOf } from '../model/settings.ts';
import { decodeText } from './put.ts';
import type { Store } from './spool.ts';

/** What the cluster's `cluster.yaml` says, defaults for the rest. Throws when it says what cannot be. */
export async function readSettings(
  store: Store,
  parseYaml: (text: string, path: string) => Promise<unknown>,
): Promise<Settings> {
  const path = store.layout.settingsFile;
  const content = await store.files.read(path, limits.smallFileBytes);
  return content === undefined
    ? defaultSettings
    : settingsOf(await parseYaml(decodeText(content.bytes), path), path);
}

import { type ClusterFile, clusterFileOf, emptyFile } from '../model/clusterfile.ts';
import { limits } from '../model/limits.ts';
import type { ParseYaml } from '../ports/yaml.ts';
import { decodeText } from './put.ts';
import type { Store } from './spool.ts';

/** What the cluster's `cluster.yaml` says, defaults for the rest. Throws when it says what cannot be. */
export async function readClusterFile(
  store: Pick<Store, 'files' | 'layout'>,
  parseYaml: ParseYaml,
): Promise<ClusterFile> {
  const path = store.layout.settingsFile;
  const content = await store.files.read(path, limits.smallFileBytes);
  if (content === undefined) return emptyFile;
  const { value, placeOf } = await parseYaml(decodeText(content.bytes), path);
  return clusterFileOf(value, (steps, part) => {
    const { line, column } = placeOf(steps, part);
    return `${path}:${line}:${column}`;
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checked, dictionary, text } from '../../src/base/schema.ts';
import { root } from '../e2e/tools/cluster.ts';

const path = 'test/facts/differences.json';

/** Why a fact is not met on purpose, by its id: the one reviewed list. */
export function readDifferences(): ReadonlyMap<string, string> {
  const json: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'));
  return new Map(Object.entries(checked(dictionary(text(1000), 1000), json, path)));
}

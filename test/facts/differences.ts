import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checked, dictionary, text } from '../../src/base/schema.ts';
import { root } from '../e2e/tools/cluster.ts';

/** A fact that is not met and need not be for the run to end well. */
export interface Listed {
  readonly why: 'on purpose' | 'not yet';
  readonly reason: string;
}

const reasonsOf = (path: string): readonly (readonly [string, string])[] => {
  const json: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'));
  return Object.entries(checked(dictionary(text(1000), 1000), json, path));
};

/**
 * The reviewed lists, by the facts' ids: what differs on purpose (differences.json), and what this release
 * does not do yet (unmet.json), from which a fact goes as soon as it is met.
 */
export function readDifferences(): ReadonlyMap<string, Listed> {
  const onPurpose = reasonsOf('test/facts/differences.json');
  const notYet = reasonsOf('test/facts/unmet.json');
  return new Map<string, Listed>([
    ...onPurpose.map(([id, reason]) => [id, { why: 'on purpose', reason }] as const),
    ...notYet.map(([id, reason]) => [id, { why: 'not yet', reason }] as const),
  ]);
}

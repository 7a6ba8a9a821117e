import { parseHostlist } from '../../model/hostlist.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type Failed, failed } from '../../tables/row.ts';

/** The text of a file of the user's, or why there is none, in the system's words. */
export type ReadText = (path: string) => Promise<{ readonly text: string } | { readonly fault: string }>;

/**
 * The values with the nodes that a file names: that of --nodefile, or one that stands in place of a list
 * in --nodelist, which a slash tells. Names stand between blanks, commas and lines; `#` begins a comment.
 */
export async function withNodefile(
  values: SubmitValues,
  program: string,
  readText: ReadText,
): Promise<{ readonly values: SubmitValues } | Failed> {
  const { nodefile, ...rest } = values;
  const [named = ''] = values.nodelist ?? [];
  const path = nodefile ?? (values.nodelist?.length === 1 && named.includes('/') ? named : undefined);
  if (path === undefined) return { values };
  const wrong = (what: string): Failed => {
    const option = nodefile === undefined ? '--nodelist' : '--nodefile';
    return failed(255, `${program}: error: ${what}`, `${program}: error: Invalid ${option} node file`);
  };
  const read = await readText(path);
  if ('fault' in read) {
    return wrong(`slurm_allocate_resources error opening file ${path}, ${read.fault}`);
  }
  const words = read.text
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(/[\s]+/))
    .filter((word) => word !== '');
  const nodelist = parseHostlist(words.join(','));
  if (words.length === 0) return wrong('Hostlist is empty!');
  if (nodelist === undefined) return wrong(`${path}: it names no nodes`);
  return { values: { ...rest, nodelist } };
}

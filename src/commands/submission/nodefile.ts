import { hostsMax, parseHostlist } from '../../model/hostlist.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type Failed, failed } from '../../tables/row.ts';

/** The text of a file of the user's, or why there is none, in the system's words. */
export type ReadText = (path: string) => Promise<{ readonly text: string } | { readonly fault: string }>;

/**
 * The values with the nodes that a file names: that of --nodefile, or one that stands in place of a list
 * in --nodelist, which a slash tells. Names stand between blanks, commas and lines; `#` begins a comment, and
 * `gpu01*3` is the name three times.
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
    .flatMap((word) => word.split(/,(?![^[]*\])/))
    .filter((word) => word !== '')
    .flatMap(repeated);
  const nodelist = parseHostlist(words.join(','));
  if (words.length === 0) return wrong('Hostlist is empty!');
  if (nodelist === undefined) return wrong(`${path}: it names no nodes`);
  return { values: { ...rest, nodelist } };
}

/** No list has more names than there may be tasks. */
function repeated(word: string): readonly string[] {
  const [, name = word, times = '1'] = /^(.+)\*(\d{1,5})$/.exec(word) ?? [];
  return Array.from({ length: Math.min(Number(times), hostsMax) }, () => name);
}

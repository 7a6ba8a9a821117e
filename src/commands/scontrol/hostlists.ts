import { printable } from '../../base/text.ts';
import { foldHostlist, parseHostlist } from '../../model/hostlist.ts';
import type { Answer } from './show.ts';

/**
 * `hostnames` writes a list out, one name a line; the others fold one, `hostlistsorted` in the order of the
 * names.
 */
export type HostlistForm = 'hostnames' | 'hostlist' | 'hostlistsorted';

/** The text of a file with host names; undefined if it cannot be opened. */
export type ReadHostFile = (path: string) => Promise<string | undefined>;

/**
 * `show hostnames|hostlist|hostlistsorted LIST`. What folds takes the path of a file too, with names between
 * commas, blanks or lines. A list that does not parse is complained about; when it was to be written out, the
 * exit code is 0 nevertheless, as in Slurm.
 */
export async function showHostlist(
  form: HostlistForm,
  list: string | undefined,
  readHostFile: ReadHostFile,
): Promise<Answer> {
  const isFolding = form !== 'hostnames';
  if (list === undefined) {
    return isFolding
      ? complaint('invalid encode argument', 1)
      : complaint('scontrol: error: host list is empty', 0);
  }
  const text = isFolding && list.startsWith('/') ? await readHostFile(list) : list;
  if (text === undefined) return complaint(`Can not open ${printable(list)}`, 1);
  const lines = isFolding
    ? foldHostlist(text, form === 'hostlist' ? 'given' : 'sorted')
    : parseHostlist(text)?.join('\n');
  if (lines === undefined) return complaint(`Invalid hostlist: ${printable(list)}`, isFolding ? 1 : 0);
  return answer(lines === '' && !isFolding ? '' : `${lines}\n`);
}

function complaint(line: string, exitCode: number): Answer {
  return { out: '', err: `${line}\n`, exitCode };
}

function answer(out: string): Answer {
  return { out: out.replaceAll(/[^\n]+/g, printable), err: '', exitCode: 0 };
}

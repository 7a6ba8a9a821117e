import { printable } from '../../base/text.ts';
import { compareHostnames, formatHostlist, parseHostlist } from '../../model/hostlist.ts';
import type { Answer } from './show.ts';

/**
 * `hostnames` writes a list out, one name a line; the others fold one, `hostlistsorted` in the order of the
 * names.
 */
export type HostlistForm = 'hostnames' | 'hostlist' | 'hostlistsorted';

/**
 * `show hostnames|hostlist|hostlistsorted LIST`. A list that does not parse is complained about; the exit
 * code is 0.
 */
export function showHostlist(form: HostlistForm, list: string | undefined): Answer {
  if (list === undefined) return { out: '', err: 'scontrol: error: host list is empty\n', exitCode: 0 };
  if (list.startsWith('/')) {
    const what = 'a file of host names is not supported by this release';
    return { out: '', err: `scontrol: error: ${what}: ${printable(list)}\n`, exitCode: 1 };
  }
  const names = parseHostlist(list);
  if (names === undefined) return { out: '', err: `Invalid hostlist: ${printable(list)}\n`, exitCode: 0 };
  if (form === 'hostnames') return answer(names.map((name) => `${name}\n`).join(''));
  const ordered = form === 'hostlist' ? names : [...names].sort(compareHostnames);
  return answer(`${formatHostlist(ordered)}\n`);
}

function answer(out: string): Answer {
  return { out: out.replaceAll(/[^\n]+/g, printable), err: '', exitCode: 0 };
}

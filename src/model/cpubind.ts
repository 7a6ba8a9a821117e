import { type BindList, formatBindMap, formatBindMasks, parseBindMap, parseBindMasks } from './binding.ts';

/** To what a task's processes are bound. */
const kinds = {
  none: 'none',
  no: 'none',
  rank: 'rank',
  rank_ldom: 'rank_ldom',
  socket: 'sockets',
  sockets: 'sockets',
  core: 'cores',
  cores: 'cores',
  thread: 'threads',
  threads: 'threads',
  ldom: 'ldoms',
  ldoms: 'ldoms',
  board: 'boards',
  boards: 'boards',
} as const;
const listKinds = ['map_cpu', 'mask_cpu', 'map_ldom', 'mask_ldom'] as const;

type Kind = (typeof kinds)[keyof typeof kinds];
type ListKind = (typeof listKinds)[number];

/** Which CPUs each task of a node may use, and whether that is told. */
export type CpuBind = { readonly verbose?: boolean } & (
  | { readonly kind?: Kind }
  | { readonly kind: ListKind; readonly list: BindList }
);

/**
 * The value of --cpu-bind: words between commas, in either case, of which the last one that binds counts:
 * `none`, `cores`, `verbose,map_cpu:0,2`, `quiet,mask_cpu:0x3,f`. The entries of a list are separated by
 * commas too: they end where a word begins.
 */
export function parseCpuBind(text: string): CpuBind | undefined {
  let bind: CpuBind = {};
  const words = splitWords(text.toLowerCase());
  if (words === undefined) return undefined;
  for (const word of words) {
    if (/^(?:v|verbose|q|quiet)$/.test(word)) {
      bind = { ...bind, verbose: word.startsWith('v') };
      continue;
    }
    const said: { readonly verbose?: boolean } = bind.verbose === undefined ? {} : { verbose: bind.verbose };
    const read = Object.hasOwn(kinds, word) ? { kind: kinds[word as keyof typeof kinds] } : readList(word);
    if (read === undefined) return undefined;
    bind = { ...said, ...read };
  }
  return bind;
}

/** Slurm's sentence about a --cpu-bind that does not parse. */
export function cpuBindComplaint(text: string): string | undefined {
  if (parseCpuBind(text) !== undefined) return undefined;
  const kind = listKinds.find((one) => new RegExp(`(?:^|,)${one}(?::?$|:?,)`, 'i').test(text));
  return kind === undefined
    ? `unrecognized --cpu-bind argument "${text}"`
    : `missing list for "--cpu-bind=${kind}:<list>"`;
}

/** The binding as a text that parses to it; empty if nothing was said. */
export function formatCpuBind(bind: CpuBind): string {
  const verbose = bind.verbose === undefined ? '' : bind.verbose ? 'verbose' : 'quiet';
  return [verbose, bindText(bind)].filter((part) => part !== '').join(',');
}

function bindText(bind: CpuBind): string {
  if (!('list' in bind)) return bind.kind ?? '';
  const list = bind.kind.startsWith('map') ? formatBindMap(bind.list) : formatBindMasks(bind.list);
  return `${bind.kind}:${list}`;
}

/** At its commas, but for those of a list, behind which a number follows; undefined if a word is empty. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const item of text.split(',')) {
    const last = words.at(-1);
    const isEntry = last?.includes(':') === true && /^(?:0x)?[0-9a-f]+(?:\*\d+)?$/.test(item);
    if (isEntry) words[words.length - 1] = `${last},${item}`;
    else words.push(item);
  }
  return words.includes('') ? undefined : words;
}

function readList(word: string): { readonly kind: ListKind; readonly list: BindList } | undefined {
  const colon = word.indexOf(':');
  const kind = listKinds.find((one) => one === word.slice(0, Math.max(0, colon)));
  if (kind === undefined) return undefined;
  const text = word.slice(colon + 1);
  const list = kind.startsWith('map') ? parseBindMap(text) : parseBindMasks(text);
  return list === undefined ? undefined : { kind, list };
}

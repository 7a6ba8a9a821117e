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
  for (const word of splitWords(text)) {
    const read = readWord(word.toLowerCase());
    if (read === undefined) return undefined;
    const verbose: boolean | undefined = read.verbose ?? bind.verbose;
    bind = { ...('kind' in read ? read : bind), ...(verbose !== undefined && { verbose }) };
  }
  return bind;
}

/** Slurm's sentence about a --cpu-bind that does not parse: about its first word that does not. */
export function cpuBindComplaint(text: string): string | undefined {
  const wrong = splitWords(text).find((word) => readWord(word.toLowerCase()) === undefined);
  if (wrong === undefined) return undefined;
  const [, kind, list = ''] = /^(map_cpu|mask_cpu|map_ldom|mask_ldom)(?::(.*))?$/is.exec(wrong) ?? [];
  if (kind === undefined) return `unrecognized --cpu-bind argument "${wrong}"`;
  if (list === '') return `missing list for "--cpu-bind=${kind.toLowerCase()}:<list>"`;
  const offending = (item: string): string | undefined => /[^\da-f*]/i.exec(item.replace(/^0x/i, ''))?.[0];
  const number = list.split(',').find((item) => offending(item) !== undefined);
  if (number === undefined) return `Invalid --cpu-bind specification: ${wrong}`;
  const character = offending(number);
  return `Failed to validate number: ${number}, the offending character is ${character}`;
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

/** At its commas, but for those behind which a number follows or nothing does: these stay with their word. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const item of text.split(',')) {
    const last = words.at(-1);
    const isEntry = last?.includes(':') === true && /^(?:0x)?[0-9a-f]+(?:\*\d+)?$/i.test(item);
    if (last !== undefined && (isEntry || !/^[a-z]/i.test(item))) words[words.length - 1] = `${last},${item}`;
    else words.push(item);
  }
  return words;
}

function readWord(word: string): CpuBind | undefined {
  if (/^(?:v|verbose|q|quiet)$/.test(word)) return { verbose: word.startsWith('v') };
  return Object.hasOwn(kinds, word) ? { kind: kinds[word as keyof typeof kinds] } : readList(word);
}

function readList(word: string): { readonly kind: ListKind; readonly list: BindList } | undefined {
  const colon = word.indexOf(':');
  const kind = listKinds.find((one) => one === word.slice(0, Math.max(0, colon)));
  if (kind === undefined) return undefined;
  const text = word.slice(colon + 1);
  const list = kind.startsWith('map') ? parseBindMap(text) : parseBindMasks(text);
  return list === undefined ? undefined : { kind, list };
}

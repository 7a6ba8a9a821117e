/** How often an entry of a list is repeated, at most: one for each task of a node. */
const timesMax = 65_536;
/** How many entries a list has, at most, with repetitions; and the highest device or CPU that it names. */
const entriesMax = 65_536;
export const bindIndexMax = 65_535;

/** One entry of a list for each task of a node: the devices, or CPUs, that the task gets. */
export type BindList = readonly (readonly number[])[];

/** `0,2*3`, one index for each task; `2*3` is three times 2. Numbers may be hexadecimal. */
export function parseBindMap(text: string): BindList | undefined {
  return parseEntries(text, (word) => {
    if (!/^(?:\d{1,6}|0x[0-9a-f]{1,6})$/i.test(word)) return undefined;
    const index = Number(word);
    return index <= bindIndexMax ? [index] : undefined;
  });
}

/** `0x3,f0*2`, one hexadecimal mask for each task; the lowest bit is index 0. A mask has some bit. */
export function parseBindMasks(text: string): BindList | undefined {
  return parseEntries(text, (word) => {
    const [, digits = ''] = /^(?:0x)?([0-9a-f]{1,16384})$/i.exec(word) ?? [];
    const indices = [...digits]
      .reverse()
      .flatMap((digit, place) => bitsOf(digit).map((bit) => 4 * place + bit));
    return indices.length === 0 ? undefined : indices;
  });
}

/** Maps as `0,2,2,2`. */
export function formatBindMap(list: BindList): string {
  return list.map((indices) => String(indices[0])).join(',');
}

/** Masks as `0x3,0xF0`, each in full. */
export function formatBindMasks(list: BindList): string {
  return list.map((indices) => `0x${maskDigits(indices)}`).join(',');
}

function maskDigits(indices: readonly number[]): string {
  const digits: number[] = [];
  for (const index of indices) {
    const place = Math.floor(index / 4);
    while (digits.length <= place) digits.push(0);
    digits[place] = (digits[place] ?? 0) | (1 << (index % 4));
  }
  return digits
    .reverse()
    .map((digit) => digit.toString(16).toUpperCase())
    .join('');
}

function bitsOf(digit: string): readonly number[] {
  const value = Number.parseInt(digit, 16);
  return [0, 1, 2, 3].filter((bit) => (value >> bit) % 2 === 1);
}

function parseEntries(
  text: string,
  parse: (word: string) => readonly number[] | undefined,
): BindList | undefined {
  const list: (readonly number[])[] = [];
  if (text.length > 2 ** 20) return undefined;
  for (const item of text.split(',')) {
    const [, word = '', times = '1'] = /^([^*]+)(?:\*(\d{1,5}))?$/.exec(item) ?? [];
    const entry = parse(word);
    const count = Number(times);
    if (entry === undefined || count < 1 || count > timesMax || list.length + count > entriesMax) {
      return undefined;
    }
    for (let time = 0; time < count; time += 1) list.push(entry);
  }
  return list;
}

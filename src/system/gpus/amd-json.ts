import { wholeNumber } from './fields.ts';

/** One card as an AMD tool tells of it. */
export interface AmdCard {
  readonly index: number;
  readonly model?: string;
  readonly busId?: string;
  readonly uuid?: string;
  readonly memoryMb?: number;
}

/** What changes of a card. */
export interface AmdState {
  readonly index: number;
  readonly busId?: string;
  readonly utilizationPercent?: number;
  readonly memoryUsedMb?: number;
  readonly eccUncorrected?: number;
}

/** A JSON object of which nothing is known. */
type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** What stands at the end of a path of names; undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    const fields = fieldsOf(inner);
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }, value);
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** A text with something in it; `N/A` in any case of letters is none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || /^n\/a$/i.test(text) ? undefined : text;
}

/** A whole number, as a number or in strict digits. */
export function countOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return wholeNumber(textOf(value));
}

/** Bytes in a unit of the AMD tools, which write MB for MiB. */
const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  KIB: 2 ** 10,
  MB: 2 ** 20,
  MIB: 2 ** 20,
  GB: 2 ** 30,
  GIB: 2 ** 30,
};

/**
 * MiB from `{"value": 12, "unit": "MB"}`, from `"12 MB"`, or from a bare number in `bareUnit`; rounded up, so
 * that a few bytes in use are not nothing.
 */
export function memoryMbOf(value: unknown, bareUnit: 'B' | 'MB'): number | undefined {
  const [, digits, unitInText] = /^(\d{1,15}) ?([A-Za-z]{1,3})$/.exec(textOf(value) ?? '') ?? [];
  const amount = countOf(at(value, 'value')) ?? wholeNumber(digits) ?? countOf(value);
  const bytes = unitBytes[(textOf(at(value, 'unit')) ?? unitInText ?? bareUnit).toUpperCase()];
  return amount === undefined || bytes === undefined ? undefined : Math.ceil((amount * bytes) / 2 ** 20);
}

/** Per cent from `{"value": 12, "unit": "%"}` or a bare number. */
export function percentOf(value: unknown): number | undefined {
  const percent = countOf(at(value, 'value')) ?? countOf(value);
  return percent !== undefined && percent <= 100 ? percent : undefined;
}

/** The JSON value in a tool's output, before which it may print warnings. Undefined if there is none. */
export function jsonIn(output: string): unknown {
  const start = /^[ \t]*[[{]/m.exec(output)?.index;
  if (start === undefined) return undefined;
  try {
    return JSON.parse(output.slice(start));
  } catch {
    // Output of a tool that broke off, or no JSON at all: the caller says so.
    return undefined;
  }
}

/**
 * The identity that ROCR_VISIBLE_DEVICES takes: tools leave out leading zeros, and integrated GPUs have none.
 */
export function amdUuid(uniqueId: unknown): string | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(textOf(uniqueId) ?? '')?.[1];
  return digits === undefined || /^0+$/.test(digits)
    ? undefined
    : `GPU-${digits.toLowerCase().padStart(16, '0')}`;
}

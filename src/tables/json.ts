/**
 * What --json and --yaml print: values in the shape and the spelling of Slurm's own (as observed of
 * 22.05.8): objects keep the order of their fields, a slash is escaped, an empty list takes two lines.
 */
export type Json =
  | null
  | boolean
  | string
  | number
  | Fraction
  | Blank
  | readonly Json[]
  | { readonly [name: string]: Json };

/** A number that is printed with a fraction even where it is whole. */
export interface Fraction {
  readonly fraction: number;
}

/** An empty text where Slurm has one: its YAML tells it from no text at all. */
export interface Blank {
  readonly blank: true;
}

const blank: Blank = { blank: true };

/** A text as Slurm's accounting prints it. */
export function textOrBlank(text: string | undefined): string | Blank {
  return text || blank;
}

/** A field of an object that --json prints; the order of the rows is that of the fields. */
export interface JsonField<T> {
  readonly name: string;
  /** Undefined: the object has no such field. */
  readonly get: (item: T) => Json | undefined;
}

/** The object of an item. */
export function jsonOf<T>(fields: readonly JsonField<T>[], item: T): Json {
  const object: Record<string, Json> = {};
  for (const { name, get } of fields) {
    const value = get(item);
    if (value !== undefined) object[name] = value;
  }
  return object;
}

const usualPlugin = { type: 'openapi/v0.0.38', name: 'Slurm OpenAPI v0.0.38' };
/** What the accounting's dumps are made by. */
export const accountPlugin = { type: 'openapi/dbv0.0.38', name: 'Slurm OpenAPI DB v0.0.38' };

/** The whole of what a command dumps: what made it, no errors, and the items under their name. */
export function dumpOf(name: string, items: readonly Json[], release: string, plugin = usualPlugin): Json {
  const [major = 0, minor = 0, micro = 0] = release.split('.').map(Number);
  return {
    meta: {
      plugin,
      Slurm: { version: { major, micro, minor }, release },
    },
    errors: [],
    [name]: items,
  };
}

/** As one of the two, as a file of it. */
export function dumpText(value: Json, form: 'json' | 'yaml'): string {
  return form === 'json' ? `${jsonAt(value, '')}\n` : yamlText(value);
}

function jsonAt(value: Json, indent: string): string {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? quoted(value).replaceAll('/', '\\/') : String(value);
  }
  if (isBlank(value)) return '""';
  if (isFraction(value)) {
    const text = String(value.fraction);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  const inner = `${indent}  `;
  if (isList(value)) {
    const items = value.map((item) => `${inner}${jsonAt(item, inner)}`);
    return items.length === 0 ? `[\n${indent}]` : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value).map(
    ([name, field]) => `${inner}${JSON.stringify(name)}: ${jsonAt(field, inner)}`,
  );
  return fields.length === 0 ? `{\n${indent}}` : `{\n${fields.join(',\n')}\n${indent}}`;
}

/** As YAML with every type named, as Slurm prints it: an empty text is null there. */
function yamlText(value: Json): string {
  return `%YAML 1.1\n--- !!map\n${yamlLines(value, '').join('\n')}\n...\n`;
}

function yamlLines(value: Json, indent: string): readonly string[] {
  if (value === null || typeof value !== 'object' || isFraction(value) || isBlank(value) || isList(value))
    return [];
  return Object.entries(value).flatMap(([name, field]) => [
    `${indent}!!str ${yamlScalar(name)}: ${yamlHead(field)}`,
    ...(isList(field) ? yamlItems(field, indent) : yamlLines(field, `${indent}  `)),
  ]);
}

function yamlItems(items: readonly Json[], indent: string): readonly string[] {
  return items.flatMap((item) => [`${indent}- ${yamlHead(item)}`, ...yamlLines(item, `${indent}  `)]);
}

function yamlHead(value: Json): string {
  if (value === null || value === '') return '!!null null';
  if (typeof value === 'boolean') return `!!bool ${value}`;
  if (typeof value === 'number') return `!!int ${value}`;
  if (typeof value === 'string') return `!!str ${yamlScalar(value)}`;
  if (isBlank(value)) return '!!str';
  if (isFraction(value)) return `!!float ${value.fraction.toFixed(6)}`;
  if (isList(value)) return value.length === 0 ? '!!seq []' : '!!seq';
  return Object.keys(value).length === 0 ? '!!map {}' : '!!map';
}

/** Plain where YAML reads it back as this text, else in double quotes, whose escapes are JSON's. */
function yamlScalar(text: string): string {
  const isPlain =
    /^[\w/.][\w/.:@%+=()[\]-]*(?: [\w/.(][\w/.:@%+=()[\]-]*)*$/.test(text) && !/: |:$/.test(text);
  return isPlain ? text : quoted(text);
}

/** As JSON and YAML quote it, with nothing in it that a terminal would act on. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\p{Cc}|\p{Cf}|\p{Cs}/gu, (found) =>
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function isFraction(value: object): value is Fraction {
  return 'fraction' in value;
}

function isBlank(value: object): value is Blank {
  return 'blank' in value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

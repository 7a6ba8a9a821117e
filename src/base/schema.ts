import { MgpuError } from './error.ts';

/**
 * Checks for data that came from outside. A schema looks at a parsed JSON value and gives the same value
 * back with its type, or throws `SCHEMA` saying where it differs. Fields that a schema does not name are
 * kept, so that an older program hands on what a newer one wrote.
 */
export type Schema<T> = (value: unknown) => T;

/** The type that a schema lets through. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Shape = Readonly<Record<string, Schema<unknown>>>;
type Required<S extends Shape> = { readonly [K in keyof S]: Infer<S[K]> };
type Optional<S extends Shape> = { readonly [K in keyof S]?: Infer<S[K]> };
type Flat<T> = { readonly [K in keyof T]: T[K] };

class SchemaFault extends Error {
  readonly expected: string;
  path = '';
  constructor(expected: string) {
    super(expected);
    this.expected = expected;
  }
}

/** Runs a schema on a value that `origin` (a path, a request) brought; throws `SCHEMA` naming the place. */
export function checked<T>(schema: Schema<T>, value: unknown, origin: string): T {
  try {
    return schema(value);
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    const where = error.path === '' ? '' : `${error.path.replace(/^\./, '')}: `;
    throw new MgpuError('SCHEMA', `${origin}: ${where}expected ${error.expected}`, { cause: error });
  }
}

/** True for a value that the schema lets through. */
export function isFitting<T>(schema: Schema<T>, value: unknown): value is T {
  try {
    schema(value);
    return true;
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    return false;
  }
}

/** For a schema of one's own: says what it expected. */
export function fail(expected: string): never {
  throw new SchemaFault(expected);
}

/** Says where a fault lies, as it passes on its way up; paths are made only for faults. */
function placed(error: unknown, step: string): unknown {
  if (error instanceof SchemaFault) error.path = step + error.path;
  return error;
}

/** A text of at most `lengthMax` UTF-16 units, without NUL: no path, argument or environment can hold one. */
export function text(lengthMax: number): Schema<string> {
  return (value) =>
    typeof value === 'string' && value.length <= lengthMax && !value.includes('\0')
      ? value
      : fail(`a text of at most ${lengthMax} characters, without NUL`);
}

/** A text that the pattern matches; `what` names it in errors. */
export function pattern(form: RegExp, what: string): Schema<string> {
  return (value) => (typeof value === 'string' && form.test(value) ? value : fail(what));
}

/** A whole number from `min` to `max`. */
export function int(min: number, max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : fail(`a whole number from ${min} to ${max}`);
}

export const bool: Schema<boolean> = (value) => (typeof value === 'boolean' ? value : fail('true or false'));

/** One of the given texts. */
export function oneOf<const T extends string>(...choices: readonly T[]): Schema<T> {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    return found ?? fail(`one of ${choices.join(', ')}`);
  };
}

/** A list of at most `itemsMax` items. */
export function list<T>(item: Schema<T>, itemsMax: number): Schema<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > itemsMax) return fail(`a list of at most ${itemsMax} items`);
    let index = 0;
    try {
      for (; index < value.length; index += 1) item(value[index]);
    } catch (error) {
      throw placed(error, `[${index}]`);
    }
    return value as readonly T[];
  };
}

/** A pair of values as a two-item list. */
export function pair<A, B>(first: Schema<A>, second: Schema<B>): Schema<readonly [A, B]> {
  const items: readonly Schema<unknown>[] = [first, second];
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return fail('a pair');
    let index = 0;
    try {
      for (; index < 2; index += 1) items[index]?.(value[index]);
    } catch (error) {
      throw placed(error, `[${index}]`);
    }
    return value as unknown as readonly [A, B];
  };
}

/** An object whose keys are free and whose values are alike, with at most `keysMax` keys. */
export function dictionary<T>(item: Schema<T>, keysMax: number): Schema<Readonly<Record<string, T>>> {
  return (value) => {
    const entries = isObject(value) ? Object.entries(value) : fail('an object');
    if (entries.length > keysMax) return fail(`at most ${keysMax} keys`);
    let at = '';
    try {
      for (const [key, one] of entries) {
        at = key;
        if (key.includes('\0')) fail('a key without NUL');
        item(one);
      }
    } catch (error) {
      throw placed(error, `.${at}`);
    }
    return value as Readonly<Record<string, T>>;
  };
}

/** An object with the fields of `required`, and perhaps those of `optional`. */
export function object<R extends Shape, O extends Shape = Record<never, never>>(
  required: R,
  optional?: O,
): Schema<Flat<Required<R> & Optional<O>>> {
  const must = Object.entries(required);
  const may = new Map(Object.entries(optional ?? {}));
  return (value) => {
    if (!isObject(value)) return fail('an object');
    let at = '';
    try {
      for (const [key, schema] of must) {
        at = key;
        schema(value[key]);
      }
      // What is there is asked for, and not all that may be: that is a few of very many.
      if (may.size > 0)
        for (const key of Object.keys(value)) {
          at = key;
          if (value[key] !== undefined) may.get(key)?.(value[key]);
        }
    } catch (error) {
      throw placed(error, `.${at}`);
    }
    return value as Flat<Required<R> & Optional<O>>;
  };
}

/** One of several objects, told apart by the text in the field `tag`. */
export function variant<K extends string, V extends Readonly<Record<string, Schema<object>>>>(
  tag: K,
  variants: V,
): Schema<{ [N in keyof V]: Flat<{ readonly [T in K]: N } & Infer<V[N]>> }[keyof V]> {
  return (value) => {
    const name = isObject(value) ? value[tag] : fail('an object');
    const schema = typeof name === 'string' && Object.hasOwn(variants, name) ? variants[name] : undefined;
    if (schema === undefined) {
      throw placed(new SchemaFault(`one of ${Object.keys(variants).join(', ')}`), `.${tag}`);
    }
    return schema(value) as never;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

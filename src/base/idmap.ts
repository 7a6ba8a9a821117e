/**
 * A persistent map from whole numbers to values, ordered by number. Changing it gives a new map that shares
 * all but one chunk with the old one, so that a state can be tried and dropped at no cost.
 */
export class IdMap<T> {
  static readonly empty: IdMap<never> = new IdMap<never>(new Map(), 0);
  readonly #chunks: ReadonlyMap<number, ReadonlyMap<number, T>>;
  readonly size: number;

  private constructor(chunks: ReadonlyMap<number, ReadonlyMap<number, T>>, size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  static of<T>(entries: Iterable<readonly [number, T]>): IdMap<T> {
    const chunks = new Map<number, Map<number, T>>();
    let size = 0;
    for (const [id, value] of [...entries].sort(([a], [b]) => a - b)) {
      const chunk = chunks.get(chunkOf(id)) ?? new Map<number, T>();
      if (!chunk.has(id)) size += 1;
      chunks.set(chunkOf(id), chunk.set(id, value));
    }
    return new IdMap<T>(chunks, size);
  }

  get(id: number): T | undefined {
    return this.#chunks.get(chunkOf(id))?.get(id);
  }

  has(id: number): boolean {
    return this.#chunks.get(chunkOf(id))?.has(id) ?? false;
  }

  set(id: number, value: T): IdMap<T> {
    const key = chunkOf(id);
    const old = this.#chunks.get(key);
    const isNew = old === undefined || !old.has(id);
    const chunk = insertSorted(old, id, value);
    const chunks = insertSorted(this.#chunks, key, chunk);
    return new IdMap<T>(chunks, this.size + (isNew ? 1 : 0));
  }

  delete(id: number): IdMap<T> {
    if (!this.has(id)) return this;
    const key = chunkOf(id);
    const chunk = new Map(this.#chunks.get(key));
    chunk.delete(id);
    const chunks = new Map(this.#chunks);
    if (chunk.size === 0) chunks.delete(key);
    else chunks.set(key, chunk);
    return new IdMap<T>(chunks, this.size - 1);
  }

  *values(): IterableIterator<T> {
    for (const chunk of this.#chunks.values()) yield* chunk.values();
  }

  *keys(): IterableIterator<number> {
    for (const chunk of this.#chunks.values()) yield* chunk.keys();
  }
}

const chunkBits = 7;

function chunkOf(id: number): number {
  return Math.floor(id / 2 ** chunkBits);
}

/** A copy with the entry in its place by number; appending, the usual case, needs no sorting. */
function insertSorted<V>(
  old: ReadonlyMap<number, V> | undefined,
  key: number,
  value: V,
): ReadonlyMap<number, V> {
  const copy = new Map(old);
  const isAppend = old === undefined || old.has(key) || ![...old.keys()].some((other) => other > key);
  copy.set(key, value);
  return isAppend ? copy : new Map([...copy].sort(([a], [b]) => a - b));
}

/**
 * A persistent map from whole numbers to values, in the order of the numbers. Changing it gives a new map
 * that shares all but one path of a 32-way tree with the old one, so that a state can be tried and dropped at
 * little cost. A value may be anything but undefined.
 */
export class IdMap<T> {
  static readonly empty: IdMap<never> = new IdMap<never>(undefined, 0, 0);
  readonly #root: Branch<T> | undefined;
  /** How many levels of branches lie above the leaves: ids below 32 ** (depth + 1) have a place. */
  readonly #depth: number;
  readonly size: number;

  private constructor(root: Branch<T> | undefined, depth: number, size: number) {
    this.#root = root;
    this.#depth = depth;
    this.size = size;
  }

  static of<T>(entries: Iterable<readonly [number, T]>): IdMap<T> {
    let map: IdMap<T> = IdMap.empty;
    for (const [id, value] of entries) map = map.set(id, value);
    return map;
  }

  get(id: number): T | undefined {
    if (id >= capacity(this.#depth)) return undefined;
    let node: Branch<T> | undefined = this.#root;
    for (let level = this.#depth; level > 0 && node !== undefined; level -= 1) {
      node = node[digit(id, level)] as Branch<T> | undefined;
    }
    return node?.[digit(id, 0)] as T | undefined;
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  set(id: number, value: T): IdMap<T> {
    let root = this.#root;
    let depth = this.#depth;
    for (; id >= capacity(depth); depth += 1) root = root && [root];
    return new IdMap<T>(withValue(root, depth, id, value), depth, this.size + (this.has(id) ? 0 : 1));
  }

  delete(id: number): IdMap<T> {
    if (!this.has(id)) return this;
    return new IdMap<T>(withValue(this.#root, this.#depth, id, undefined), this.#depth, this.size - 1);
  }

  /** The largest number that has a value; 0 when there is none. */
  lastKey(): number {
    let branch: Branch<T> | undefined = this.#root;
    let key = 0;
    for (let level = this.#depth; branch !== undefined; level -= 1) {
      const at: number = branch.findLastIndex((one) => one !== undefined);
      key += at * width ** level;
      branch = level === 0 ? undefined : (branch[at] as Branch<T> | undefined);
    }
    return key;
  }

  /**
   * A function that sums a map up: what its values come to, in order, and how the sums of its parts are put
   * together. What was found of a branch is kept with the branch, and maps that were made of each other share
   * most of theirs: asking again after a change costs about as much as the change. A value must mean the same
   * for ever.
   */
  static summary<T, S>(sums: {
    readonly none: S;
    readonly ofValues: (values: readonly T[]) => S;
    readonly ofParts: (parts: readonly S[]) => S;
  }): (map: IdMap<T>) => S {
    const known = new WeakMap<Branch<T>, { readonly sum: S }>();
    const sumOf = (branch: Branch<T>, depth: number): S => {
      const found = known.get(branch) ?? { sum: depth === 0 ? ofLeaf(branch) : ofBranch(branch, depth) };
      known.set(branch, found);
      return found.sum;
    };
    const ofLeaf = (leaf: Branch<T>): S =>
      sums.ofValues((leaf as readonly (T | undefined)[]).filter((one) => one !== undefined));
    const ofBranch = (branch: Branch<T>, depth: number): S =>
      sums.ofParts(
        (branch as readonly (Branch<T> | undefined)[]).flatMap((one) =>
          one === undefined ? [] : [sumOf(one, depth - 1)],
        ),
      );
    return (map) => (map.#root === undefined ? sums.none : sumOf(map.#root, map.#depth));
  }

  /** A summary that gives the accepted values of a map, in order; accepted or not they are for ever. */
  static selector<T, S extends T>(accepts: (value: T) => value is S): (map: IdMap<T>) => readonly S[] {
    return IdMap.summary<T, readonly S[]>({
      none: [],
      ofValues: (values) => values.filter(accepts),
      ofParts: (parts) => ([] as readonly S[]).concat(...parts),
    });
  }

  *values(): IterableIterator<T> {
    for (const [, value] of this.entries()) yield value;
  }

  *keys(): IterableIterator<number> {
    for (const [id] of this.entries()) yield id;
  }

  entries(): IterableIterator<[number, T]> {
    return entriesOf<T>(this.#root, this.#depth, 0);
  }
}

/** Up to 32 branches of the level below or, at the lowest level, values. */
type Branch<T> = readonly (Branch<T> | T | undefined)[];

const bits = 5;
const width = 2 ** bits;

function capacity(depth: number): number {
  return width ** (depth + 1);
}

/** The place of an id at a level, counted from the leaves; by division, for ids may exceed 32 bits. */
function digit(id: number, level: number): number {
  return Math.floor(id / width ** level) % width;
}

/** The branch with one value changed; undefined when nothing is left in it. */
function withValue<T>(
  branch: Branch<T> | undefined,
  depth: number,
  id: number,
  value: T | undefined,
): Branch<T> | undefined {
  const copy = branch === undefined ? [] : branch.slice();
  const index = digit(id, depth);
  while (copy.length < index) copy.push(undefined);
  copy[index] = depth === 0 ? value : withValue(copy[index] as Branch<T> | undefined, depth - 1, id, value);
  const isEmpty = copy[index] === undefined && copy.every((one) => one === undefined);
  return isEmpty ? undefined : copy;
}

function* entriesOf<T>(
  branch: Branch<T> | undefined,
  depth: number,
  base: number,
): IterableIterator<[number, T]> {
  if (branch === undefined) return;
  for (const [index, one] of branch.entries()) {
    if (one === undefined) continue;
    const id = base + index * width ** depth;
    if (depth === 0) yield [id, one as T];
    else yield* entriesOf<T>(one as Branch<T>, depth - 1, id);
  }
}

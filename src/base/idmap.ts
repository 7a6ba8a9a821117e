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
    const maker = mapMaker<T>();
    for (const [id, value] of entries) maker.add(id, value);
    return IdMap.#made(maker);
  }

  /** Of values that tell their own number. */
  static by<T>(values: Iterable<T>, idOf: (value: T) => number): IdMap<T> {
    const maker = mapMaker<T>();
    for (const value of values) maker.add(idOf(value), value);
    return IdMap.#made(maker);
  }

  static #made<T>({ made }: MapMaker<T>): IdMap<T> {
    const { root, depth, size } = made();
    return size === 0 ? IdMap.empty : new IdMap<T>(root, depth, size);
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
      key += at * weight(level);
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

  // All at once into a list: stepping through generators within each other takes several times as long.
  values(): IterableIterator<T> {
    const values: T[] = [];
    this.#visit((_id, value) => values.push(value));
    return values[Symbol.iterator]();
  }

  keys(): IterableIterator<number> {
    const ids: number[] = [];
    this.#visit((id) => ids.push(id));
    return ids[Symbol.iterator]();
  }

  entries(): IterableIterator<[number, T]> {
    const entries: [number, T][] = [];
    this.#visit((id, value) => entries.push([id, value]));
    return entries[Symbol.iterator]();
  }

  #visit(each: (id: number, value: T) => void): void {
    if (this.#root !== undefined) visitBranch(this.#root, { depth: this.#depth, base: 0, each });
  }
}

/** Up to 32 branches of the level below or, at the lowest level, values. */
type Branch<T> = readonly (Branch<T> | T | undefined)[];

/** A branch of a map that is still being made, and that nobody else has. */
type Growing<T> = (Growing<T> | T | undefined)[];

const bits = 5;
const width = 2 ** bits;
/** What one place counts at each level. */
const weights = Array.from({ length: 12 }, (_, level) => width ** level);

function weight(level: number): number {
  return weights[level] ?? width ** level;
}

function capacity(depth: number): number {
  return weight(depth + 1);
}

interface MapMaker<T> {
  add(id: number, value: T): void;
  made(): { readonly root: Growing<T>; readonly depth: number; readonly size: number };
}

/** Makes a map at once: nobody has any of it meanwhile, so that nothing is copied. */
function mapMaker<T>(): MapMaker<T> {
  let root: Growing<T> = [];
  let depth = 0;
  let size = 0;
  let leaf = root;
  let leafNumber = 0;
  return {
    add(id, value) {
      for (; id >= capacity(depth); depth += 1) root = root.length === 0 ? root : [root];
      const number = Math.floor(id / width);
      // Ids mostly come in order, and then most have the leaf of the one before.
      if (number !== leafNumber || depth === 0) leaf = leafFor(root, depth, id);
      leafNumber = number;
      if (placeAt(leaf, id % width) === undefined) size += 1;
      leaf[id % width] = value;
    },
    made: () => ({ root, depth, size }),
  };
}

/** The leaf that an id has its place in; it is made where there is none. */
function leafFor<T>(root: Growing<T>, depth: number, id: number): Growing<T> {
  let branch = root;
  for (let level = depth; level > 0; level -= 1) {
    const place = digit(id, level);
    const next = (placeAt(branch, place) ?? []) as Growing<T>;
    branch[place] = next;
    branch = next;
  }
  return branch;
}

/** What is at a place; the list then reaches up to it, without holes. */
function placeAt<T>(branch: Growing<T>, place: number): Growing<T> | T | undefined {
  while (branch.length <= place) branch.push(undefined);
  return branch[place];
}

/** The place of an id at a level, counted from the leaves; by division, for ids may exceed 32 bits. */
function digit(id: number, level: number): number {
  return level === 0 ? id % width : Math.floor(id / weight(level)) % width;
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

interface Visit<T> {
  readonly depth: number;
  /** The id of the branch's first place. */
  readonly base: number;
  readonly each: (id: number, value: T) => void;
}

function visitBranch<T>(branch: Branch<T>, { depth, base, each }: Visit<T>): void {
  const step = weight(depth);
  for (let index = 0; index < branch.length; index += 1) {
    const one = branch[index];
    if (one === undefined) continue;
    const id = base + index * step;
    if (depth === 0) each(id, one as T);
    else visitBranch(one as Branch<T>, { depth: depth - 1, base: id, each });
  }
}

/** So many files are written at a time: a disk syncs many nearly as fast as one. */
const batchSize = 16;

/**
 * Does the same with all of them, some at a time; gives the results in their order. When one fails, none is
 * under way any more.
 */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    const batch = await Promise.allSettled(items.slice(start, start + batchSize).map(work));
    for (const one of batch) {
      if (one.status === 'rejected') throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}

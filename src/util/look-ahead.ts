/**
 * Works on a list in its order, and on up to `width` items at a time. What fails is thrown at its own place; when the
 * caller stops before it, it is not heard of.
 */
export async function* lookAhead<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R]> {
  let next = 0;
  const begun = new Map<number, Promise<R>>();
  for (const [i, item] of items.entries()) {
    for (; next < items.length && next < i + width; next += 1) {
      const result = work(items[next] as T);
      result.catch(() => undefined);
      begun.set(next, result);
    }
    yield [item, (await begun.get(i)) as R];
    begun.delete(i);
  }
}

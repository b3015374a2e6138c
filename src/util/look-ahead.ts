/**
 * Works on a list in its order, and on up to `width` items at a time. What fails is thrown at its own place; when the
 * caller stops before it, it is not heard of.
 */
export async function* lookAhead<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R]> {
  const begun: Promise<R>[] = [];
  for (const [i, item] of items.entries()) {
    for (const next of items.slice(Math.max(i, begun.length), i + width)) {
      const result = work(next);
      result.catch(() => undefined);
      begun[items.indexOf(next, begun.length)] = result;
    }
    yield [item, (await begun[i]) as R];
    delete begun[i];
  }
}

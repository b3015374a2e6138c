/** Order by code point, the same on every machine and locale. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const x = [...a];
  const y = [...b];
  for (let i = 0; i < x.length && i < y.length; i += 1) {
    const p = x[i]?.codePointAt(0) ?? 0;
    const q = y[i]?.codePointAt(0) ?? 0;
    if (p !== q) return p - q;
  }
  return x.length - y.length;
}

/** A sorted copy, by one or more string keys. */
export function sortedBy<T>(items: Iterable<T>, ...keys: readonly ((item: T) => string)[]): T[] {
  return [...items].sort((a, b) => {
    for (const key of keys) {
      const order = compareCodePoints(key(a), key(b));
      if (order !== 0) return order;
    }
    return 0;
  });
}

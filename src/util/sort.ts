/** Order by code point, the same on every machine and locale. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return aboveBmp(x) === aboveBmp(y) ? x - y : aboveBmp(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Halves of a surrogate pair stand for code points above all others, though their own numbers do not. */
const aboveBmp = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

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

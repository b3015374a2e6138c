import { compareCodePoints } from '../../util/sort.ts';

/** Keeps one value for each key. */
export interface Newest<T> {
  /** @param stamp sorts by time; of equals the content decides, so that the order of arrival never does */
  add(key: string, stamp: string, value: T): void;
  get(key: string): T | undefined;
  /** Kept values, sorted by key. */
  values(): T[];
}

/** Of all values with one key the newest is kept, in whatever order they come. */
export function keepNewest<T>(): Newest<T> {
  const kept = new Map<string, { readonly stamp: string; readonly value: T }>();
  return {
    add(key, stamp, value) {
      const other = kept.get(key);
      if (other === undefined || other.stamp < stamp) kept.set(key, { stamp, value });
      else if (other.stamp === stamp && JSON.stringify(other.value) < JSON.stringify(value))
        kept.set(key, { stamp, value });
    },
    get: (key) => kept.get(key)?.value,
    values: () =>
      [...kept.entries()].sort((a, b) => compareCodePoints(a[0], b[0])).map(([, { value }]) => value),
  };
}

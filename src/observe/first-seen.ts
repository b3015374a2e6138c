import type { FirstSeenRow, PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { Instant } from '../domain/time.ts';
import { compareCodePoints } from '../util/sort.ts';

const keyOf = (stream: string, origin: string, name: string, version: string): string =>
  [stream, origin, name, version].join('\n');

/**
 * The memory of first sight after an index was read at `now`: what is remembered stays as it is, also when the
 * index no longer has it, and what is new was first seen now. Deadlines hang on it, so nothing ever moves later.
 */
export function updateFirstSeen(
  remembered: readonly FirstSeenRow[],
  offered: readonly PackageRow[],
  now: Instant,
): FirstSeenRow[] {
  const all = new Map(remembered.map((r) => [keyOf(r.stream, r.origin, r.package, r.version), r]));
  for (const p of offered) {
    const key = keyOf(p.stream, p.origin, p.name, p.version);
    if (all.has(key)) continue;
    const { stream, origin, name, version, sourceVersion } = p;
    all.set(key, { stream, origin, package: name, version, sourceVersion, at: now });
  }
  return [...all].sort((a, b) => compareCodePoints(a[0], b[0])).map(([, row]) => row);
}

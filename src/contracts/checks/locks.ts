import { baselinePath, lockPath } from '../../domain/document-paths.ts';
import { isBadEntry } from '../../domain/halt.ts';
import { lockKey, parseLockKey } from '../../domain/purl.ts';
import { quote } from '../../util/printable.ts';
import type { Hold } from '../generated/hold.ts';
import { at, atKey, type Loaded, type LoadedTree, ofKind, step } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** Locks against their place, their baseline, the grammar of their keys, and the holds. */
export function checkLocks(tree: LoadedTree): Problem[] {
  const holds = ofKind(tree, 'Hold').map((d) => d.value);
  return ofKind(tree, 'PatchLock').flatMap((doc) => [
    ...checkPlace(doc),
    ...checkTarget(doc, tree),
    ...checkKeys(doc),
    ...checkHolds(doc, holds),
  ]);
}

function checkPlace(doc: Loaded<'PatchLock'>): Problem[] {
  const { baseline, ring } = doc.value;
  return doc.path === lockPath(baseline, ring)
    ? []
    : [
        at(
          doc,
          '/baseline',
          'wrong-place',
          `the lock is of baseline ${quote(baseline)}, ring ${quote(ring)} and belongs in ${lockPath(baseline, ring)}; move the file or correct the names`,
        ),
      ];
}

function checkTarget(doc: Loaded<'PatchLock'>, tree: LoadedTree): Problem[] {
  const { baseline, ring } = doc.value;
  if (!tree.paths.has(baselinePath(baseline)))
    return [
      at(
        doc,
        '/baseline',
        'unknown-reference',
        `the baseline ${quote(baseline)} does not exist; restore it or delete the lock`,
      ),
    ];
  const target = ofKind(tree, 'Baseline').find((b) => b.value.id === baseline);
  return !target || target.value.rings.some((r) => r.id === ring)
    ? []
    : [
        at(
          doc,
          '/ring',
          'unknown-reference',
          `the baseline ${quote(baseline)} has no ring ${quote(ring)}; restore the ring or delete the lock`,
        ),
      ];
}

function checkKeys(doc: Loaded<'PatchLock'>): Problem[] {
  return Object.keys(doc.value.entries).flatMap((key) =>
    isLockKey(key)
      ? []
      : [
          atKey(
            doc,
            `/entries/${step(key)}`,
            'bad-lock',
            `${quote(key, 120)} is no package URL of a lock; write it like ${lockKey('debian:12:amd64', 'openssl', 'amd64')}`,
          ),
        ],
  );
}

/** One spelling for one package: otherwise two entries could name the same. */
function isLockKey(key: string): boolean {
  const parsed = parseLockKey(key);
  return (
    parsed !== undefined &&
    /^[A-Za-z0-9][A-Za-z0-9+._-]*$/.test(parsed.name) &&
    lockKey(`${parsed.distro}:${parsed.release}:${parsed.arch}`, parsed.name, parsed.arch) === key
  );
}

function checkHolds(doc: Loaded<'PatchLock'>, holds: readonly Hold[]): Problem[] {
  return Object.entries(doc.value.entries).flatMap(([key, entry]) =>
    holds
      .filter((hold) => isBadEntry(hold, key, entry.version))
      .map((hold) =>
        atKey(
          doc,
          `/entries/${step(key)}`,
          'held',
          `the lock contains ${hold.package} ${quote(entry.version)}, which the hold ${quote(hold.id)} forbids; resolve the lock again without it`,
        ),
      ),
  );
}

import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { LockDiff } from '../domain/content-digest.ts';
import { all, selects } from '../domain/labels/formula.ts';
import { witness } from '../domain/labels/witness.ts';
import type { TouchedException } from '../domain/proposal-effect.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { Day } from '../domain/time.ts';
import { sortedBy } from '../util/sort.ts';

/** The exceptions in force, for hosts that a baseline may select, about an advisory or a source package that a change brings. */
export function touchedExceptions(
  exceptions: readonly Exception[],
  baseline: Pick<Baseline, 'select'>,
  changes: readonly { readonly diff: Pick<LockDiff, 'changed'> }[],
  today: Day,
): readonly TouchedException[] {
  const brought = changes.flatMap((c) => c.diff.changed).flatMap(({ key, to }) => (to ? [{ key, to }] : []));
  const advisories = new Set(brought.flatMap(({ to }) => to.advisories));
  const sources = new Set(brought.map(({ key, to }) => to.sourcePackage ?? parseLockKey(key)?.name ?? key));
  const touched = exceptions.flatMap((e): TouchedException[] => {
    if (e.validFrom > today || e.validUntil < today) return [];
    const { component } = e.match;
    if (component && !sources.has(component.name)) return [];
    const named = e.match.advisories?.filter((a) => advisories.has(a));
    if (named?.length === 0) return [];
    if (witness(all(selects(e.select), selects(baseline.select))).kind === 'none') return [];
    const about = named ?? (component ? [component.name] : []);
    const { id, owner, ticket, validUntil } = e;
    return [{ id, owner, ticket, validUntil, about: sortedBy(about, (a) => a) }];
  });
  return sortedBy(touched, (e) => e.id);
}

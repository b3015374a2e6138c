import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { lockKey } from '../domain/purl.ts';
import type { Day } from '../domain/time.ts';
import { compareCodePoints } from '../util/sort.ts';
import type { ResolvedPackage } from './resolve-set.ts';

type Entry = PatchLock['entries'][string];
/** Order of two versions of one stream (its architecture does not matter). */
export type CompareVersions = (a: string, b: string, stream: string) => number;

/**
 * Lock entries from what the component sets of a baseline resolved to. Where sets resolved one package to several versions
 * the newest is locked; a host that is ahead of nothing then simply has an earlier way to go.
 */
export function buildEntries(
  packages: readonly ResolvedPackage[],
  firstSeenOf: (p: ResolvedPackage) => Day,
  compare: CompareVersions,
): ReadonlyMap<string, Entry> {
  const chosen = new Map<string, ResolvedPackage[]>();
  for (const p of packages) {
    const key = lockKey(p.row.stream, p.row.name, p.row.arch);
    const rivals = chosen.get(key);
    const order = rivals?.[0] ? compare(p.row.version, rivals[0].row.version, p.row.stream) : 1;
    if (!rivals || order > 0) chosen.set(key, [p]);
    else if (order === 0) rivals.push(p);
  }
  return new Map([...chosen].map(([key, same]) => [key, entryOf(same, firstSeenOf)]));
}

function entryOf(same: readonly ResolvedPackage[], firstSeenOf: (p: ResolvedPackage) => Day): Entry {
  const lead = same.find((p) => p.wanted) ?? same[0];
  if (!lead) throw new TypeError('an entry comes from at least one package');
  const { row } = lead;
  return {
    version: row.version,
    sourcePackage: row.sourcePackage,
    sourceVersion: row.sourceVersion,
    sha256: row.sha256,
    size: row.size,
    origin: row.origin,
    filename: row.filename,
    ...sourceFields(row),
    role: lead.wanted ? 'upgrade' : 'dependency',
    advisories: [...new Set(same.flatMap((p) => p.wanted?.advisories ?? []))].sort(compareCodePoints),
    firstSeen: firstSeenOf(lead),
    approvedBy: lead.wanted
      ? lead.wanted.approvedBy
      : `dependency-of:${[...lead.neededBy].sort(compareCodePoints)[0] ?? 'unknown'}`,
  };
}

/** Hosts that fetch a file themselves must know from where; what the artifact store holds needs no source. */
export const sourceFields = (row: PackageRow): { readonly source?: string } =>
  row.fetch === 'host' || row.immutable ? { source: row.source } : {};

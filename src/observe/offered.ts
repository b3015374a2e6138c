import type { Config } from '../contracts/generated/config.ts';
import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { parseStream } from '../domain/stream.ts';
import type { PackageIndex, RpmIndex } from '../ports/package-source.ts';
import { compareCodePoints } from '../util/sort.ts';
import { concernsStream, ecosystemOfIndex, type IndexRows, packageRows } from './apt-index.ts';
import { rpmRows } from './rpm-md.ts';

type SourceConfig = Config['packages']['sources'][number];

export interface SourceIndexes {
  readonly source: SourceConfig;
  readonly indexes: readonly (PackageIndex | RpmIndex)[];
}

/**
 * What all package sources offer, each index to every stream that it concerns, sorted and distinct.
 *
 * Streams are those that the indexes themselves are for, and `streams`: an archive of somebody else names no release, so
 * it offers to all of its architecture. An rpm-md repository offers to the stream that its source names.
 */
export function offeredRows(
  sources: readonly SourceIndexes[],
  streams: readonly string[],
): { readonly rows: readonly PackageRow[]; readonly problems: readonly string[] } {
  const all = new Set(streams.filter((s) => parseStream(s) !== undefined));
  for (const { indexes } of sources)
    for (const index of indexes) {
      if (index.kind === 'rpm-md') continue;
      const ecosystem = ecosystemOfIndex(index);
      if (ecosystem !== null && index.arch !== '' && index.arch !== 'all')
        all.add(`${ecosystem}:${index.arch}`);
    }
  const rows = new Map<string, PackageRow>();
  const problems: string[] = [];
  const keep = (read: IndexRows): void => {
    problems.push(...read.problems);
    for (const row of read.rows) rows.set(keyOf(row), row);
  };
  for (const { source, indexes } of sources) {
    const { fetch = 'controller', immutable = false } = source;
    for (const index of indexes)
      if (index.kind === 'rpm-md') keep(rpmRows(index, { fetch, immutable }));
      else
        for (const stream of [...all].sort(compareCodePoints))
          if (concernsStream(index, stream)) keep(packageRows(index, { stream, fetch, immutable }));
  }
  const sorted = [...rows].sort((a, b) => compareCodePoints(a[0], b[0])).map(([, row]) => row);
  return { rows: sorted, problems: [...new Set(problems)] };
}

const keyOf = (r: PackageRow): string =>
  [r.stream, r.name, r.arch, r.version, r.origin, r.source, r.filename].join('\n');

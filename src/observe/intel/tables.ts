import type {
  AdvisoryRow,
  AffectedRow,
  ClaimRow,
  EpssRow,
  KevRow,
  SsvcRow,
  VexRow,
} from '../../contracts/generated/fleet-rows.ts';
import { momentKey } from '../../util/moment.ts';
import { sortedBy } from '../../util/sort.ts';
import { exceeds } from './epss.ts';
import { keepNewest } from './newest.ts';
import type { ClaimUnit, Part } from './reading.ts';

/** Rows of the intelligence snapshot: sorted and distinct, whatever order feeds and files came in. */
export interface IntelRows {
  readonly advisories: readonly AdvisoryRow[];
  readonly affected: readonly AffectedRow[];
  readonly kev: readonly KevRow[];
  readonly ssvc: readonly SsvcRow[];
  readonly epss: readonly EpssRow[];
  readonly claims: readonly ClaimRow[];
  readonly vex: readonly VexRow[];
}

export interface TableOptions {
  /** True to drop advisories that no affected row is left of. */
  readonly concernedOnly: boolean;
  /** Advisories that were known as withdrawn before, with the moment: an older copy does not revive them. */
  readonly withdrawn: ReadonlyMap<string, string>;
}

const keyOf = (moment: string | null | undefined): string => (moment ? (momentKey(moment) ?? '') : '');

/** Collects what files say. Catalogues and score lists are taken feed by feed: call `endFeed` after each. */
export function intelTables(options: TableOptions) {
  const advisories = keepNewest<AdvisoryRow>();
  const affected = keepNewest<readonly AffectedRow[]>();
  const kev = keepNewest<KevRow>();
  const epss = new Map<string, EpssRow>();
  const claims = keepNewest<ClaimUnit>();
  const vex = keepNewest<readonly VexRow[]>();
  const rejected = new Map<string, string>();
  let ofFeed = emptyFeed();

  return {
    add(part: Part): void {
      switch (part.kind) {
        case 'advisories':
          for (const item of part.items) addAdvisory(item.advisory, item.affected);
          return;
        case 'kev':
          ofFeed.kev = wholeNewest(ofFeed.kev, keyOf(part.version), part.rows);
          return;
        case 'epss':
          ofFeed.epss = wholeNewest(ofFeed.epss, part.modelDate, part.rows);
          return;
        case 'claims':
          for (const unit of part.units)
            claims.add(`${unit.cve} ${unit.unit}`, `${keyOf(unit.at)} ${keyOf(unit.recordAt)}`, unit);
          return;
        case 'rejected':
          if ((rejected.get(part.cve) ?? '') <= keyOf(part.at)) rejected.set(part.cve, keyOf(part.at));
          return;
        case 'vex':
          vex.add(part.document, keyOf(part.at), part.rows);
          return;
        default:
          return part satisfies never;
      }
    },

    /** @returns how many rows the catalogue and the scores of the feed have */
    endFeed(): { readonly kev: number; readonly epss: number } {
      const cves = new Set(ofFeed.kev.rows.map((row) => row.cve));
      for (const row of ofFeed.kev.rows) kev.add(row.cve, ofFeed.kev.stamp, row);
      const scored = new Set<string>();
      for (const row of ofFeed.epss.rows) {
        scored.add(row.cve);
        const other = epss.get(row.cve);
        if (
          other === undefined ||
          other.modelDate < row.modelDate ||
          (other.modelDate === row.modelDate && exceeds(row, other))
        )
          epss.set(row.cve, row);
      }
      ofFeed = emptyFeed();
      return { kev: cves.size, epss: scored.size };
    },

    rows(): IntelRows {
      const units = claims.values().filter((u) => {
        const gone = rejected.get(u.cve);
        return gone === undefined || keyOf(u.recordAt) > gone;
      });
      return {
        advisories: advisories.values(),
        affected: affected.values().flat(),
        kev: kev.values(),
        ssvc: sortedBy(
          units.flatMap((u) => (u.ssvc ? [u.ssvc] : [])),
          (r) => r.cve,
          (r) => r.source,
        ),
        epss: sortedBy(epss.values(), (r) => r.cve),
        claims: units.flatMap((u) => sortedBy(distinct(u.claims), (r) => JSON.stringify(r))),
        vex: vex.values().flatMap((rows) => sortedBy(distinct(rows), (r) => JSON.stringify(r))),
      };
    },
  };

  /** Feeds of two distributions share CVE ids, so ranges are kept for each ecosystem. Of copies of one age the withdrawn one counts. */
  function addAdvisory(given: AdvisoryRow, rows: readonly AffectedRow[]): void {
    if (options.concernedOnly && rows.length === 0) return;
    const id = given.advisory;
    const known = options.withdrawn.get(id);
    const revived = given.withdrawn === null && known !== undefined && keyOf(given.modified) <= keyOf(known);
    const advisory = revived ? { ...given, withdrawn: known } : given;
    const own = keyOf(advisory.modified);
    const gone = keyOf(advisory.withdrawn);
    const stamp = `${own > gone ? own : gone} ${advisory.withdrawn === null ? 0 : 1}`;
    advisories.add(id, stamp, advisory);
    for (const ecosystem of new Set(rows.map((r) => r.ecosystem)))
      affected.add(
        `${id} ${ecosystem}`,
        stamp,
        rows.filter((r) => r.ecosystem === ecosystem),
      );
  }
}

interface Whole<T> {
  readonly stamp: string;
  readonly rows: readonly T[];
}

const emptyFeed = (): { kev: Whole<KevRow>; epss: Whole<EpssRow> } => ({
  kev: { stamp: '', rows: [] },
  epss: { stamp: '', rows: [] },
});

/** A list of a later day replaces the earlier as a whole; files of one day are parts of one list. */
function wholeNewest<T>(kept: Whole<T>, stamp: string, rows: readonly T[]): Whole<T> {
  if (stamp < kept.stamp) return kept;
  return { stamp, rows: stamp > kept.stamp ? rows : [...kept.rows, ...rows] };
}

/** Rows that differ in something. */
const distinct = <T extends object>(rows: readonly T[]): readonly T[] =>
  rows.length < 2 ? rows : [...new Map(rows.map((r) => [JSON.stringify(r), r])).values()];

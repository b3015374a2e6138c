import { narrowTo } from '../assess/fleet/narrow.ts';
import { type AssetFinding, findingsBetween, summary } from '../assess/fleet/queries.ts';
import type { Selector } from '../contracts/generated/baseline.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { openAssessedFleet } from './status.ts';

/** What a spreadsheet reads, without the head. */
const MAX_LINES = 1_048_575;

interface Place {
  readonly asset: string;
  readonly baseline: string | null;
  readonly ring: string | null;
}

/**
 * Every finding of every asset, or of those selected, some assets at a time, sorted by asset, package and advisory. Throws
 * `usage` before the first when there are more than a spreadsheet reads.
 */
export async function fleetFindings(
  wire: Parameters<typeof openAssessedFleet>[0],
  input: {
    readonly repo: string;
    readonly documents: PolicyDocuments;
    readonly asOf: Instant;
    readonly select?: Selector;
    /** Assets a call of `take`. */
    readonly atOnce?: number;
  },
  take: (lines: readonly (AssetFinding & Place)[]) => void,
): Promise<void> {
  const { atOnce = 500 } = input;
  const { store, close } = await openAssessedFleet(wire, input);
  try {
    if (input.select) await narrowTo(store, input.select);
    const { findings } = await summary(store);
    if (findings > MAX_LINES)
      throw new PatchwardenError(
        'usage',
        `there are ${findings} findings, and spreadsheets read ${MAX_LINES} lines; choose assets with --select`,
      );
    const places = await store.rows<Place>('SELECT asset, baseline, ring FROM asset_view ORDER BY asset');
    for (let i = 0; i < places.length; i += atOnce) {
      const some = places.slice(i, i + atOnce);
      const of = new Map(some.map((p) => [p.asset, p]));
      const found = await findingsBetween(store, some[0]?.asset ?? '', some.at(-1)?.asset ?? '');
      const lines = found.flatMap((f) => {
        const place = of.get(f.asset);
        return place ? [{ ...f, ...place }] : [];
      });
      if (lines.length > 0) take(lines);
    }
  } finally {
    await close();
  }
}

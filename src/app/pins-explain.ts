import { keptFindings, keptLabels } from '../assess/fleet/pinned-explain.ts';
import type { ExplainedFinding, ExplainedPin } from '../domain/explanation.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PinsInForce } from './pins.ts';

type Named = Pick<ExplainedFinding, 'kind' | 'advisory' | 'name' | 'version'>;

const keyOf = ({ kind, advisory, name, version }: Named): string =>
  JSON.stringify([kind, advisory, name, version]);

/** What pins.json keeps strict about each finding on an asset. */
export async function explainPins(
  store: FleetStore,
  pins: PinsInForce | null,
  asset: string,
): Promise<(finding: Named) => ExplainedPin | null> {
  if (!pins?.behind.some((b) => b.differs)) return () => null;
  const kept = await keptFindings(store, asset);
  const labels = pins.behind.some((b) => b.pin === 'labels') ? await keptLabels(store, asset) : [];
  const byKey = new Map(kept.map((k) => [keyOf(k), k]));
  return (finding) => {
    const found = byKey.get(keyOf(finding));
    if (!found) return null;
    const { nextStatus, nextDue, facts } = found;
    return { nextStatus, nextDue, facts: [...facts, ...labels] };
  };
}

import { ringsOfAssets } from '../assess/fleet/govern.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { readManifest } from '../observe/snapshot.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { GovernedHost } from '../rollout/rings.ts';
import { stateDir } from './locations.ts';
import { loadSnapshot } from './snapshots.ts';
import type { Wire } from './wire.ts';

/**
 * Baseline, ring and facts of every asset of the last scan, by the selectors of these documents. An asset that two
 * baselines claim, or no ring, is not listed: it is unknown and nobody touches it.
 * @param repo the policy repository, where relative paths start
 */
export async function governedHosts(
  wire: Pick<Wire, 'stateStore' | 'fleetStore'>,
  repo: string,
  documents: Pick<PolicyDocuments, 'config' | 'baselines'>,
): Promise<readonly GovernedHost[]> {
  const directory = stateDir(repo, documents.config);
  const state = wire.stateStore(directory);
  const manifest = await readManifest(state, 'fleet');
  if (!manifest)
    throw new PatchwardenError(
      'usage',
      'no fleet was ever scanned here, so nothing tells which ring a host is in: run patchwarden scan first',
    );
  const store = await wire.fleetStore(directory);
  try {
    await loadSnapshot({ store, state }, manifest);
    return await hostsOf(store, documents);
  } finally {
    await store.close();
  }
}

interface HostRow {
  readonly asset: string;
  readonly baseline: string;
  readonly ring: string;
  readonly stream: string | null;
  readonly kernel: string | null;
  readonly names: readonly string[] | null;
  readonly values: readonly string[] | null;
  readonly unknown: string | null;
}

/** Silent hosts are there as well: they count in the budgets of their failure domains, and may be back by now. */
async function hostsOf(
  store: FleetStore,
  { baselines }: Pick<PolicyDocuments, 'baselines'>,
): Promise<readonly GovernedHost[]> {
  await ringsOfAssets(store, baselines);
  const rows = await store.rows<HostRow>(
    `SELECT asset, g.baseline, r.ring, a.stream, a.runningKernel AS kernel, a.unknown,
       map_keys(a.labels) AS names, map_values(a.labels) AS values
     FROM assetFacts a JOIN asset_governed g USING (asset) JOIN asset_ring r USING (asset)
     WHERE g.baseline IS NOT NULL AND r.ring IS NOT NULL ORDER BY asset`,
  );
  return rows.map(({ asset, stream, kernel, names, values, unknown, baseline, ring }) => ({
    asset,
    stream: stream ?? '',
    kernel,
    labels: Object.fromEntries((names ?? []).map((name, i) => [name, values?.[i] ?? ''])),
    known: unknown === null,
    baseline,
    ring,
  }));
}

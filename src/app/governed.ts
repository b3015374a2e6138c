import { ringsOfAssets } from '../assess/fleet/contexts.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { readManifest } from '../observe/snapshot.ts';
import type { Governed } from '../rollout/targets.ts';
import { stateDir } from './locations.ts';
import { loadSnapshot } from './snapshots.ts';
import type { Wire } from './wire.ts';

/**
 * Baseline and ring of every asset of the last scan, by the selectors of these documents. An asset that two baselines
 * claim, or no ring, is not listed: it is unknown and nobody touches it.
 * @param repo the policy repository, where relative paths start
 */
export async function governedAssets(
  wire: Pick<Wire, 'stateStore' | 'fleetStore'>,
  repo: string,
  documents: Pick<PolicyDocuments, 'config' | 'baselines'>,
): Promise<readonly Governed[]> {
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
    return await ringsOfAssets(store, documents.baselines);
  } finally {
    await store.close();
  }
}

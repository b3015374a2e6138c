import { resolve } from 'node:path';
import { type GovernedAsset, governedAssets } from '../assess/fleet/contexts.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { readManifest } from '../observe/snapshot.ts';
import { loadSnapshot } from './snapshots.ts';
import type { Wire } from './wire.ts';

/**
 * Baseline and ring of every asset of the current fleet snapshot, by these documents.
 * @throws PatchwardenError `usage` when there is no fleet snapshot
 */
export async function governFleet(
  wire: Pick<Wire, 'stateStore' | 'fleetStore'>,
  repo: string,
  documents: Pick<PolicyDocuments, 'config' | 'baselines'>,
): Promise<readonly GovernedAsset[]> {
  const directory = resolve(repo, documents.config.state.path);
  const state = wire.stateStore(directory);
  const manifest = await readManifest(state, 'fleet');
  if (!manifest)
    throw new PatchwardenError('usage', 'there is no fleet snapshot yet: run patchwarden scan first');
  const store = await wire.fleetStore(directory);
  try {
    await loadSnapshot({ store, state }, manifest);
    return await governedAssets(store, documents.baselines);
  } finally {
    await store.close();
  }
}

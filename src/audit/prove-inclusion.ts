import { PatchwardenError } from '../domain/errors.ts';
import type { Logged, LogHead } from '../domain/evidence.ts';
import type { ProvenEntry } from '../domain/finding-proof.ts';
import { canonicalJson } from '../util/digest.ts';
import type { LogFiles } from '../util/tlog/grow.ts';
import { hashLeaf, hexOf } from '../util/tlog/hash.ts';
import { inclusionProof, rangeRootFromTiles, verifyInclusion } from '../util/tlog/proofs.ts';

/**
 * An entry with its inclusion proof, read from the tiles and verified against the root of the signed checkpoint.
 * @throws PatchwardenError `evidence-broken` when the tiles do not prove it
 */
export function provenEntry(files: LogFiles, head: LogHead, { index, entry }: Logged): ProvenEntry {
  const leaf = hashLeaf(Buffer.from(canonicalJson(entry)));
  const proof = inclusionProof(rangeRootFromTiles(files, head.size), index, head.size);
  if (!verifyInclusion(leaf, index, head.size, Buffer.from(head.root, 'hex'), proof))
    throw new PatchwardenError(
      'evidence-broken',
      `entry ${index} (${entry.type}) is not proven to be in the log of ${head.size} entries; run patchwarden audit verify`,
    );
  return { index, type: entry.type, time: entry.time, leaf: hexOf(leaf), inclusion: proof.map(hexOf) };
}

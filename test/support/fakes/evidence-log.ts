import { decodeEntry, encodeEntry } from '../../../src/contracts/evidence-codec.ts';
import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { EvidenceLog } from '../../../src/ports/evidence-log.ts';
import { rootOf } from '../../../src/util/tlog/compact.ts';
import { hashLeaf, hexOf } from '../../../src/util/tlog/hash.ts';

/** What several writers share: the bytes, and a word to run once between an append's reading and writing. */
export interface SharedLog {
  entries: readonly Uint8Array[];
  /** Called once inside the next append, where a rival could come in between. */
  meanwhile?: (() => Promise<unknown>) | undefined;
}

/** An evidence log in memory, with the leases of the real one. */
export function fakeEvidenceLog(shared: SharedLog = { entries: [] }): EvidenceLog {
  const head = () => ({
    size: shared.entries.length,
    root: hexOf(rootOf(shared.entries.map((e) => hashLeaf(e)))),
  });
  return {
    head: async () => head(),
    entries: async () =>
      shared.entries.map((bytes) => {
        const entry = decodeEntry(bytes);
        if (!entry.ok) throw new PatchwardenError('evidence-broken', entry.error);
        return entry.value;
      }),
    append: async (added: readonly EvidenceEntry[]) => {
      const bytes = added.map((entry) => {
        const encoded = encodeEntry(entry);
        if (!encoded.ok) throw new PatchwardenError('store-failed', encoded.error);
        return encoded.value;
      });
      const before = shared.entries;
      const { meanwhile } = shared;
      shared.meanwhile = undefined;
      await meanwhile?.();
      if (shared.entries !== before) throw new PatchwardenError('lease-lost', 'somebody appended first');
      if (bytes.length > 0) shared.entries = [...before, ...bytes];
      return head();
    },
  };
}

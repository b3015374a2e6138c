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

/** Bytes are decoded once: whoever reads a log reads it often. */
const decoded = new WeakMap<Uint8Array, EvidenceEntry>();
function decode(bytes: Uint8Array): EvidenceEntry {
  const known = decoded.get(bytes);
  if (known) return known;
  const entry = decodeEntry(bytes);
  if (!entry.ok) throw new PatchwardenError('evidence-broken', entry.error);
  decoded.set(bytes, entry.value);
  return entry.value;
}

/** An evidence log in memory, with the leases of the real one. */
export function fakeEvidenceLog(shared: SharedLog = { entries: [] }): EvidenceLog {
  const head = () => ({
    size: shared.entries.length,
    root: hexOf(rootOf(shared.entries.map((e) => hashLeaf(e)))),
  });
  return {
    head: async () => head(),
    entries: async () => shared.entries.map(decode),
    append: async (added: readonly EvidenceEntry[], { after } = {}) => {
      const bytes = added.map((entry) => {
        const encoded = encodeEntry(entry);
        if (!encoded.ok) throw new PatchwardenError('store-failed', encoded.error);
        return encoded.value;
      });
      const before = shared.entries;
      const { meanwhile } = shared;
      shared.meanwhile = undefined;
      await meanwhile?.();
      if (after !== undefined && before.length !== after)
        throw new PatchwardenError('lease-lost', `the log has ${before.length} entries, not ${after}`);
      if (shared.entries !== before) throw new PatchwardenError('lease-lost', 'somebody appended first');
      if (bytes.length > 0) shared.entries = [...before, ...bytes];
      return head();
    },
  };
}

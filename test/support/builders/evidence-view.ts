import type { EvidenceState, EvidenceView } from '../../../src/audit/evidence-view.ts';
import { encodeEntry } from '../../../src/contracts/evidence-codec.ts';
import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import { signCheckpoint } from '../../../src/util/tlog/checkpoint.ts';
import { growLog } from '../../../src/util/tlog/grow.ts';
import { hexOf } from '../../../src/util/tlog/hash.ts';
import type { NoteSigner } from '../../../src/util/tlog/note-keys.ts';
import { logKey } from './evidence.ts';

export const bytesOf = (entry: EvidenceEntry): Uint8Array => {
  const encoded = encodeEntry(entry);
  if (!encoded.ok) throw new Error(encoded.error);
  return encoded.value;
};

/** A view with one state a batch, just as appending makes it; `raw` entries need not be valid. */
export function viewOfBytes(
  batches: readonly (readonly Uint8Array[])[],
  key: NoteSigner = logKey(),
): EvidenceView {
  let files = new Map<string, Uint8Array>();
  let size = 0;
  const states: EvidenceState[] = [];
  for (const [i, batch] of batches.entries()) {
    const grown = growLog(files, size, batch);
    files = new Map(files);
    for (const [path, bytes] of grown.files) {
      if (bytes === null) files.delete(path);
      else files.set(path, bytes);
    }
    const checkpoint = Buffer.from(signCheckpoint(grown.size, grown.root, key));
    files.set('checkpoint', checkpoint);
    size = grown.size;
    states.push({
      commit: `${i}`.padStart(40, 'c'),
      parents: i === 0 ? [] : [`${i - 1}`.padStart(40, 'c')],
      checkpoint,
      named: `${grown.size}:${hexOf(grown.root)}`,
    });
  }
  return { files, odd: [], states };
}

export const viewOf = (batches: readonly (readonly EvidenceEntry[])[], key?: NoteSigner): EvidenceView =>
  viewOfBytes(
    batches.map((batch) => batch.map(bytesOf)),
    key,
  );

/** The same view with other files; the checkpoint of the last state follows. */
export function withFiles(
  view: EvidenceView,
  changes: Readonly<Record<string, Uint8Array | null>>,
): EvidenceView {
  const files = new Map(view.files);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes === null) files.delete(path);
    else files.set(path, bytes);
  }
  const states = view.states.map((s, i) =>
    i === view.states.length - 1 ? { ...s, checkpoint: files.get('checkpoint') } : s,
  );
  return { ...view, files, states };
}

export const headsOf = (view: EvidenceView): readonly string[] => view.states.map((s) => s.named ?? '');

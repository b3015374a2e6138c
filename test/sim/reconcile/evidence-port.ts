import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { EvidenceLog } from '../../../src/ports/evidence-log.ts';
import type { SharedEvidence } from '../ports/evidence.ts';
import type { CallLayer, Process } from './calls.ts';

/** The root is not computed here: the size alone tells two states of this log apart. */
const headOf = (entries: readonly EvidenceEntry[]) => ({
  size: entries.length,
  root: entries.length.toString(16).padStart(64, '0'),
});

/** The log as one process reaches it: whoever came between its reading and its writing makes it fail. */
export function evidencePort(layer: CallLayer, shared: SharedEvidence, by: Process): EvidenceLog {
  const failure = () => new PatchwardenError('forge-failed', 'no answer of the evidence branch');
  const reach = <T>(target: string, effect: () => T): Promise<T> =>
    layer.call(by, { on: 'log', target, effect, failure });
  return {
    head: () => reach('head', () => headOf(shared.entries)),
    entries: () => reach('entries', () => [...shared.entries]),
    append: async (entries, options) => {
      const read = options?.after ?? (await reach('head', () => shared.entries.length));
      return reach('append', () => {
        if (shared.entries.length !== read)
          throw new PatchwardenError('lease-lost', 'somebody appended first');
        shared.append(entries, null);
        return headOf(shared.entries);
      });
    },
  };
}

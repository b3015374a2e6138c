import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import { validateKind } from '../../../src/contracts/validate.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { EvidenceLog } from '../../../src/ports/evidence-log.ts';
import type { Schedule } from '../schedule.ts';
import type { CallLayer, Incarnation } from './call.ts';

/** The log outside all runners. Its entries are frozen: a reader that changes one is found out. */
export interface SharedEvidence {
  readonly entries: readonly EvidenceEntry[];
  /** Somebody appended: a controller, or null for a person or the world. */
  append(entries: readonly EvidenceEntry[], by: Incarnation | null): void;
}

export function sharedEvidence(
  appended: (entry: EvidenceEntry, index: number, by: Incarnation | null) => void,
): SharedEvidence {
  const entries: EvidenceEntry[] = [];
  return {
    entries,
    append: (added, by) => {
      for (const entry of added) {
        const [problem] = validateKind('evidence-entry', entry);
        if (problem)
          throw new PatchwardenError('store-failed', `no entry: ${problem.instancePath} ${problem.message}`);
      }
      for (const entry of added) {
        entries.push(deepFreeze(structuredClone(entry)));
        appended(entries.at(-1)!, entries.length - 1, by);
      }
    },
  };
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
};

/** The root is not computed here: the size alone tells two states of this log apart. */
const headOf = (shared: SharedEvidence) => ({
  size: shared.entries.length,
  root: shared.entries.length.toString(16).padStart(64, '0'),
});

/** The log as one controller reaches it: reads, then pushes what it built on it; whoever came between makes it fail. */
export function evidencePort(
  schedule: Schedule,
  layer: CallLayer,
  shared: SharedEvidence,
  by: Incarnation,
): Pick<EvidenceLog, 'head' | 'entries' | 'append'> {
  return {
    head: () =>
      layer
        .call(by, {
          port: 'head',
          failure: 'forge-failed',
          effect: () => ({ head: headOf(shared), at: schedule.now() }),
        })
        .then(({ head, at }) => {
          by.read = Math.max(by.read, at);
          return head;
        }),
    entries: async () => {
      const seen = await layer.call(by, {
        port: 'entries',
        failure: 'forge-failed',
        effect: () => ({ entries: [...shared.entries], at: schedule.now() }),
      });
      by.read = Math.max(by.read, seen.at);
      return seen.entries;
    },
    append: async (entries, options) => {
      let read = shared.entries.length;
      return layer.call(by, {
        port: 'append',
        failure: 'forge-failed',
        lead: () => {
          read = shared.entries.length;
        },
        effect: () => {
          if (shared.entries.length !== (options?.after ?? read))
            throw new PatchwardenError('lease-lost', 'somebody appended first');
          shared.append(entries, by);
          return headOf(shared);
        },
      });
    },
  };
}

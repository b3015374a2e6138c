import type { EvidenceEntry, HaltEvidence, IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { formatHaltScope } from '../domain/halt.ts';
import { parseLockKey } from '../domain/purl.ts';
import { ecosystemOf } from '../domain/stream.ts';
import type { Instant } from '../domain/time.ts';
import { digestOf } from '../util/digest.ts';

/** Halts that nobody lifted since, oldest first. */
export function haltsInForce(entries: readonly EvidenceEntry[]): readonly HaltEvidence[] {
  const halts = new Map<string, HaltEvidence>();
  const lifted = new Set<string>();
  for (const e of entries) {
    // What was lifted is not brought back by saying it again: a new halt has a new id.
    if (e.type === 'halt' && !lifted.has(e.id)) halts.set(e.id, e);
    if (e.type === 'lift' && halts.delete(e.halt)) lifted.add(e.halt);
  }
  return [...halts.values()];
}

/** Whether a halt forbids to start anything by this lock: as a whole, since its entries belong together. */
export function forbidsLock(
  { scope }: Pick<HaltEvidence, 'scope'>,
  lock: Pick<PatchLock, 'baseline' | 'ring' | 'entries'>,
): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'ring':
      return scope.baseline === lock.baseline && (scope.ring === null || scope.ring === lock.ring);
    case 'package':
      return Object.entries(lock.entries).some(([purl, entry]) => {
        const key = parseLockKey(purl);
        return (
          key !== undefined &&
          key.name === scope.package &&
          entry.version === scope.version &&
          `${key.distro}:${key.release}` === ecosystemOf(scope.stream)
        );
      });
    default:
      return scope satisfies never;
  }
}

/** As a sentence: what is halted, by whom and why. */
export const haltWords = (halt: Pick<HaltEvidence, 'scope' | 'by' | 'reason'>): string =>
  `halted (${formatHaltScope(halt.scope)}, by ${halt.by}): ${halt.reason}`;

/** What a failed gate forbids at once: every (stream, package, version) that the run brought to the host. */
export function gateHalts(input: {
  readonly run: string;
  readonly lock: string;
  readonly asset: string;
  readonly stream: string;
  readonly packages: IntentEvidence['packages'];
  readonly reason: string;
  readonly at: Instant;
}): readonly HaltEvidence[] {
  return input.packages.flatMap(({ purl, to }): HaltEvidence[] => {
    const name = parseLockKey(purl)?.name;
    if (name === undefined) return [];
    const scope = { kind: 'package', stream: input.stream, package: name, version: to } as const;
    return [
      {
        apiVersion: 'patchwarden/v1',
        type: 'halt',
        time: input.at,
        id: digestOf({ scope, run: input.run }),
        scope,
        reason: `${input.asset}: ${input.reason}`.slice(0, 2000),
        by: 'gate',
        run: input.run,
        lock: input.lock,
      },
    ];
  });
}

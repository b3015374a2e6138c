import type { HaltEvidence, IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { isArchIndependent } from '../domain/arch.ts';
import { formatHaltScope, isBadEntry } from '../domain/halt.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { Instant } from '../domain/time.ts';
import { digestOf } from '../util/digest.ts';

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
      return Object.entries(lock.entries).some(([purl, entry]) => isBadEntry(scope, purl, entry.version));
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
    const key = parseLockKey(purl);
    if (!key) return [];
    // A package of a foreign architecture is bad in the stream of that architecture.
    const own = isArchIndependent(key.arch);
    const stream = own ? input.stream : `${key.distro}:${key.release}:${key.arch}`;
    const scope = { kind: 'package', stream, package: key.name, version: to } as const;
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

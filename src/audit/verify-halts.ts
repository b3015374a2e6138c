import type { HaltEvidence, IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import type { EvidenceProblem, Logged } from '../domain/evidence.ts';
import { formatHaltScope, isBadEntry } from '../domain/halt.ts';
import { aboutEntry, nameOf } from './evidence-problem.ts';

/**
 * That halts were respected (X5, X10): nothing was announced that a halt in force forbade, a halt of a gate names a run that
 * went bad, and a lift ends a halt that was there.
 */
export function verifyHalts(entries: readonly Logged[]): readonly EvidenceProblem[] {
  const problems: EvidenceProblem[] = [];
  const inForce = new Map<string, Logged<HaltEvidence>>();
  const known = new Set<string>();
  const scopes = new Map<string, string>();
  const ended = new Set<string>();
  for (const logged of entries) {
    const { entry, index } = logged;
    switch (entry.type) {
      case 'merge':
        scopes.set(entry.commit, entry.scope);
        break;
      case 'effect':
      case 'health':
        ended.add(entry.run);
        break;
      case 'halt':
        if (known.has(entry.id)) problems.push(aboutEntry(logged, `the halt ${entry.id} was logged before`));
        else inForce.set(entry.id, { index, entry });
        known.add(entry.id);
        if (entry.by === 'gate' && !ended.has(entry.run ?? ''))
          problems.push(aboutEntry(logged, 'no run ended before it that it could follow from'));
        break;
      case 'lift':
        if (!inForce.delete(entry.halt))
          problems.push(aboutEntry(logged, `no halt ${entry.halt} was in force before it`));
        break;
      case 'intent': {
        const halt = [...inForce.values()].find((h) => forbids(h.entry, entry, scopes.get(entry.merge)));
        if (halt)
          problems.push(
            aboutEntry(
              logged,
              `it was announced although ${formatHaltScope(halt.entry.scope)} was halted (${nameOf(halt)})`,
            ),
          );
        break;
      }
      default:
    }
  }
  return problems;
}

/** @param mergeScope what the pull request of its merge was about: `<baseline>/<ring>` or `<baseline>` */
function forbids({ scope }: HaltEvidence, intent: IntentEvidence, mergeScope: string | undefined): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'ring': {
      const [baseline, ring] = (mergeScope ?? '').split('/');
      return baseline === scope.baseline && (scope.ring === null || scope.ring === ring);
    }
    case 'package':
      return intent.packages.some((p) => isBadEntry(scope, p.purl, p.to));
    default:
      return scope satisfies never;
  }
}

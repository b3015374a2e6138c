import type { EvidenceProblem, Logged } from '../domain/evidence.ts';
import { aboutEntry } from './evidence-problem.ts';
import { whyNoStop } from './verify-stop.ts';

/** Every halt and lift by a person, by the signed object in it. */
export async function verifyStops(
  git: Parameters<typeof whyNoStop>[0],
  entries: readonly Logged[],
  at: Parameters<typeof whyNoStop>[2],
): Promise<readonly EvidenceProblem[]> {
  const problems: EvidenceProblem[] = [];
  for (const { index, entry } of entries) {
    if (entry.type !== 'lift' && (entry.type !== 'halt' || entry.by === 'gate')) continue;
    const why = await whyNoStop(git, entry, at);
    if (why !== undefined) problems.push(aboutEntry({ index, entry }, `it does not stand: ${why}`));
  }
  return problems;
}

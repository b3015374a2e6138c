import { canonicalJson } from '../util/digest.ts';
import type { IntentEvidence } from './generated/evidence-entry.ts';
import { INTENT_ROOM } from './intent-room.ts';

/**
 * An intent as entries that the log can hold: one, or several parts that follow one another and are appended together, so
 * that there is either a whole intent or none. Every part says the same but for its packages.
 */
export function splitIntent(intent: IntentEvidence): readonly IntentEvidence[] {
  const bytes = (value: unknown): number => Buffer.byteLength(canonicalJson(value), 'utf8');
  const frame = bytes({ ...intent, packages: [] });
  const chunks: IntentEvidence['packages'][] = [[]];
  let size = frame;
  for (const p of intent.packages) {
    const more = bytes(p) + 1;
    const chunk = chunks.at(-1);
    if (chunk && (chunk.length === 0 || size + more <= INTENT_ROOM)) chunk.push(p);
    else chunks.push([p]);
    size = chunk === chunks.at(-1) ? size + more : frame + more;
  }
  const parts = chunks.length;
  return parts === 1 ? [intent] : chunks.map((packages, i) => ({ ...intent, packages, part: i + 1, parts }));
}

/** The number of an entry among those of its intent, from 1. */
export const partOf = ({ part }: Pick<IntentEvidence, 'part'>): number => part ?? 1;

/** Whether an entry is the part of an intent that follows directly on another. */
export function isNextPart(before: IntentEvidence, next: IntentEvidence): boolean {
  const same = ({ part: _, packages: __, ...rest }: IntentEvidence): string => canonicalJson(rest);
  return partOf(next) === partOf(before) + 1 && same(before) === same(next);
}

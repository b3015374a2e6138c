import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../../src/contracts/evidence-codec.ts';
import type { IntentEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import { isNextPart, splitIntent } from '../../src/contracts/intent-parts.ts';
import { runsOf } from '../../src/rollout/run.ts';
import { intentEntry } from '../support/builders/evidence.ts';

const packagesOf = (count: number, length = 40): IntentEvidence['packages'] =>
  Array.from({ length: count }, (_, i) => ({
    purl: `pkg:deb/debian/${`p${i}`.padEnd(length, 'x')}?arch=amd64&distro=debian-12`,
    from: '1.0',
    to: '1.1',
    sha256: 'a'.repeat(64),
  }));
const split = (count: number, length?: number) =>
  splitIntent(intentEntry({ packages: packagesOf(count, length) }) as IntentEvidence);

describe('an intent', () => {
  it('that one entry holds stays as it is', () => {
    const intent = intentEntry({ packages: packagesOf(200) }) as IntentEvidence;
    expect(splitIntent(intent)).toEqual([intent]);
    expect(split(0)).toHaveLength(1);
  });

  it('of any size becomes entries that fit, follow one another, and are one run again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 5, max: 150 }), (count, length) => {
        const parts = split(count, length);
        for (const part of parts) expect(encodeEntry(part).ok).toBe(true);
        for (const [i, part] of parts.slice(1).entries())
          expect(isNextPart(parts[i] as IntentEvidence, part)).toBe(true);
        expect(parts.every((p) => p.packages.length > 0)).toBe(true);
        const runs = runsOf(parts);
        expect(runs).toHaveLength(1);
        expect(runs[0]?.packages).toEqual(packagesOf(count, length));
      }),
      { numRuns: 5 },
    );
  });

  it.each([
    ['a part that is left out', 0, 2, {}],
    ['the same part', 1, 1, {}],
    ['a part of another run', 0, 1, { run: 'sha256:other' }],
    ['a part of another size', 0, 1, { parts: 9 }],
  ])('is not continued by %s', (_name, from, to, over) => {
    const parts = split(1500);
    expect(parts.length).toBeGreaterThan(2);
    const next = { ...(parts[to] as IntentEvidence), ...over };
    expect(isNextPart(parts[from] as IntentEvidence, next)).toBe(false);
  });
});

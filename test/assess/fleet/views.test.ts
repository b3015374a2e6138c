import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baselineReader } from '../../../src/assess/fleet/decide.ts';
import { type PolicyReads, readable } from '../../../src/assess/fleet/policy-reads.ts';
import { viewContexts } from '../../../src/assess/fleet/views.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { canonicalJson } from '../../../src/util/digest.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const days = { critical: 1, high: 1, medium: 1, low: 1, unknown: 1 };
const sla = { kind: 'severity-sla', clock: 'published', days } as const;
const deadlines: Baseline['deadlines'] = [
  { id: 'all', ...sla },
  { id: 'web', ...sla, select: { all: [{ label: 'role', in: ['web'] }] } },
];
const BASELINES = [
  aBaseline('one', { deadlines }),
  aBaseline('two', { deadlines }),
  aBaseline('strict', { deadlines, mode: 'apply' }),
];
const LABELS = ['zone', 'role'];

const label = fc.constantFrom(null, '', 'a');
const context = fc.record({
  baseline: fc.constantFrom(null, 'one', 'two', 'strict'),
  ring: fc.constantFrom(null, 'r', 's'),
  unknown: fc.constantFrom(null, 'no-ring'),
  reads: fc.tuple(label, label),
  overlays: fc.constantFrom<string[][]>([], ['web']),
});
const paths: fc.Arbitrary<PolicyReads> = fc.option(
  fc.subarray([
    ['context'],
    ['context', 'ring'],
    ['context', 'unknown'],
    ['context', 'labels'],
    ['context', 'labels', 'zone'],
    ['context', 'labels', 'role'],
    ['context', 'baseline'],
    ['context', 'baseline', 'id'],
    ['context', 'baseline', 'mode'],
    ['context', 'baseline', 'deadlines', '0', 'id'],
    ['finding'],
  ]),
  { nil: undefined },
);

describe('the view of a context', () => {
  it('is that of another exactly where policy reads the same of both', async () => {
    const baselineOf = baselineReader(BASELINES);
    await store.run(
      'CREATE OR REPLACE TABLE context (context INTEGER, baseline VARCHAR, ring VARCHAR, unknown VARCHAR, reads VARCHAR[], overlays VARCHAR[])',
    );
    const property = fc.asyncProperty(
      fc.array(context, { minLength: 1, maxLength: 20 }),
      paths,
      async (contexts, reads) => {
        await store.run('DELETE FROM context');
        for (const [i, { baseline, ring, unknown, reads: labels, overlays }] of contexts.entries())
          await store.run(`INSERT INTO context VALUES (${i}, $1, $2, $3, [$4, $5]::VARCHAR[], $6)`, [
            ...[baseline, ring, unknown, ...labels],
            overlays,
          ]);
        await viewContexts(store, { baselines: BASELINES, exceptions: [], reads: LABELS }, reads);
        const rows = await store.rows<{ view: number }>('SELECT "view" FROM view_of ORDER BY context');
        const texts = contexts.map((c) => {
          const told = LABELS.flatMap((name, i) => (c.reads[i] === null ? [] : [[name, c.reads[i]]]));
          const { ring, unknown } = c;
          const value = { baseline: baselineOf(c), ring, unknown, labels: Object.fromEntries(told) };
          return canonicalJson(readable(reads, value, ['context']));
        });
        const first = <T>(list: readonly T[]): readonly number[] => list.map((x) => list.indexOf(x));
        expect(first(rows.map((r) => r.view))).toEqual(first(texts));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

import fc from 'fast-check';
import type { Selector, Term } from '../../src/contracts/generated/baseline.ts';

const name = fc.constantFrom('env', 'role', 'unit');
/** Among them texts that SQL would trip over if they were pasted. */
const labelValue = fc.constantFrom('prod', 'test', 'pro', "o'hare", "x' OR '1'='1", '', '%', 'Ünit', '$1');
const values = fc.uniqueArray(labelValue, { minLength: 1, maxLength: 3 });

export const term: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ label: name, in: values }),
  fc.record({ label: name, notIn: values }),
  fc.record({ label: name, exists: fc.boolean() }),
  fc.record({ label: name, prefix: fc.constantFrom('p', 'pro', "x'", '%', 'Ü') }),
);
const terms = fc.array(term, { maxLength: 2 });

export const labels: fc.Arbitrary<Record<string, string>> = fc.dictionary(name, labelValue, { maxKeys: 3 });

export const selector: fc.Arbitrary<Selector> = fc.record(
  { all: terms, any: fc.array(term, { minLength: 1, maxLength: 2 }), none: terms },
  { requiredKeys: [] },
);

import { expect, it } from 'vitest';
import { assemblePolicyRepository } from '../../src/contracts/policy-repository.ts';
import { policyTree } from '../support/policy-tree.ts';

const told = (path: string, change: (doc: Record<string, never>) => void) =>
  assemblePolicyRepository(policyTree({ [path]: change as never })).problems.map(
    (p) => `${p.severity}: ${p.message}`,
  );

it.each([
  ['false-positive', []],
  [
    'accept-risk',
    [
      'warning: the justification of the exception "expat-reports" says why nothing is affected, but its decision is accept-risk; remove it or make it a false positive',
    ],
  ],
])('a justification of an exception that is %s', (decision, problems) => {
  const change = (doc: object) => Object.assign(doc, { decision, justification: 'component_not_present' });
  expect(told('exceptions/expat-reports.json', change)).toEqual(problems);
});

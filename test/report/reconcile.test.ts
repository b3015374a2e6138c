import { expect, it } from 'vitest';
import type { Observation } from '../../src/domain/observation.ts';
import { reconcileJson, reconcileText } from '../../src/report/reconcile.ts';

const observation: Observation = {
  ...{ code: 'no-ring', subject: 'servers', owner: 'team:ops', assets: 2, names: [] },
  sentence: 'no ring takes these hosts',
};
const facts = (observations: readonly Observation[]) => ({
  ...{ head: 'a'.repeat(40), actions: [], leftOut: [], observations },
});

it('what to look at comes last, with its owner and a count', () => {
  expect(reconcileText(facts([observation]))).toBe(
    'nothing to propose\nTo look at:\n  no-ring servers [team:ops, 2 hosts]: no ring takes these hosts\n',
  );
  expect(reconcileText(facts([]))).toBe('nothing to propose\n');
});

it('names stand where they are disclosed, and nothing from outside reaches a terminal', () => {
  const named = { ...observation, owner: null, names: ['web-1\u001b[31m'], assets: 9, subject: 'o\u202e' };
  const text = reconcileText(facts([named]));
  expect(text).toContain(
    'no-ring o\\u{202e} [unowned, 9 hosts]: no ring takes these hosts (web-1\\u{1b}[31m, …)',
  );
});

it('as JSON it is data', () => {
  expect(JSON.parse(reconcileJson(facts([observation])))).toEqual(facts([observation]));
});

it.each([
  [
    'grown',
    7,
    'growth',
    '40 → 52',
    /^pull request 7 \(remediate a\/b\) waits for people: .*more hosts.* \(40 → 52\)$/,
  ],
  [
    'defer',
    null,
    'schedule',
    'the calendar x opens at y',
    /waits: .*their calendar \(the calendar x opens at y\)$/,
  ],
  ['open', 8, 'rollback', undefined, /opened: outside of its calendar, for what failed goes back at once$/],
  ['open', 8, 'asked', undefined, /opened: somebody asked for it$/],
  ['keep', 8, 'same-content', undefined, /^pull request 8 \(remediate a\/b\) is up to date$/],
])('%s of %s because of %s', (action, number, reason, detail, expected) => {
  const one = { action, kind: 'remediate', scope: 'a/b', number, contentDigest: 'd', reason };
  const actions = [{ ...one, ...(detail === undefined ? {} : { detail }) }];
  expect(reconcileText({ ...facts([]), actions }).trimEnd()).toMatch(expected);
});

import { describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import type { DecideInput } from '../../src/contracts/generated/decide-input.ts';

const { decide } = await loadPolicyEngine();
type Finding = DecideInput['finding'];
type Exceptions = DecideInput['exceptions'];

const approval = (verdict: Finding['approval']['verdict']): Partial<Finding> => ({
  approval: { verdict, rule: null },
});

/** How a finding stands without an exception, and which clock runs then: of a vulnerability, of an update. */
const BENEATH: readonly (readonly [string, Partial<Finding>, string, string])[] = [
  ['missing', approval('approved'), 'patch', 'patch'],
  ['waiting', approval('waiting'), 'patch', 'patch'],
  ['pinned', { held: true }, 'patch', 'patch'],
  ['pinned', { held: true, fix: 'needs' }, 'mitigate', 'mitigate'],
  ['pinned', { held: true, ...approval('rejected') }, 'patch', 'patch'],
  ['rejected', approval('rejected'), 'patch', 'none'],
  ['rejected', { fix: 'needs', ...approval('rejected') }, 'mitigate', 'none'],
  ['no-fix', { fix: 'none', ...approval('none') }, 'mitigate', 'none'],
  ['fixed', { affected: 'fixed' }, 'none', 'none'],
  ['not-affected', { affected: 'not-affected' }, 'none', 'none'],
  ['unknown', { affected: 'unknown' }, 'none', 'none'],
];
const CLOSED = ['fixed', 'not-affected', 'unknown'];

const exception = (decision: Exceptions[number]['decision']): Exceptions => [
  { id: 'exc', decision, controlled: decision === 'mitigated', days: 30 },
];
const EXCEPTIONS: readonly (readonly [string | null, Exceptions])[] = [
  [null, []],
  ['excepted', exception('accept-risk')],
  ['mitigated', exception('mitigated')],
];

/** Both a duty with a date and one that is told without. */
const deadlines: NonNullable<DecideInput['context']['baseline']>['deadlines'] = [
  { id: 'sla', kind: 'within', clock: 'firstSeen', severities: ['high'], days: 14 },
  { id: 'bod', kind: 'bod-26-04', clock: 'fixAvailable' },
];

function clockOf(kind: Finding['kind'], known: Partial<Finding>, exceptions: Exceptions) {
  const { status, obligations, reasons } = decide({
    context: {
      baseline: { id: 'servers', mode: 'apply', deadlines, exceptionDays: {} },
      ring: 'first',
      unknown: null,
      labels: { exposure: 'internal' },
    },
    finding: {
      ...{ kind, stream: 'debian:12:amd64', severity: 'high', kev: false, exploitation: 'unknown' },
      ...{ automatable: 'no', technicalImpact: 'partial', epss: null, scopes: [], fix: 'available' },
      ...{ held: false, affected: 'affected', vex: 'none', approval: { verdict: 'approved', rule: null } },
      ...known,
    } as Finding,
    exceptions,
  });
  expect(obligations.map((o) => o.rule)).toEqual(obligations.map(() => 'deadlines/within:sla'));
  const told = reasons.filter((r) => r.effect === 'fix-on-upgrade');
  expect(told).toHaveLength(obligations.length);
  return [status, obligations[0]?.kind ?? 'none'];
}

describe('the clock of a finding with an exception is that of the finding without it', () => {
  const rows = BENEATH.flatMap(([status, known, vulnerability, update]) =>
    EXCEPTIONS.map(([effect, exceptions]) => {
      const shown = effect === null || CLOSED.includes(status) ? status : effect;
      return { beneath: status, known, exceptions, shown, vulnerability, update };
    }),
  );
  test.each(rows)('$beneath $known shown as $shown: $vulnerability, $update', (row) => {
    expect(clockOf('vulnerability', row.known, row.exceptions)).toEqual([row.shown, row.vulnerability]);
    expect(clockOf('update', row.known, row.exceptions)).toEqual([row.shown, row.update]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import type { DecideInput } from '../../src/contracts/generated/decide-input.ts';
import type { DecideOutput } from '../../src/contracts/generated/decide-output.ts';
import { aDecideInput, anException } from '../support/arbitrary-policy.ts';
import { RUNS } from '../support/sizes.ts';

const { decide } = await loadPolicyEngine();
const holds = (property: (input: DecideInput) => void) => {
  const ask = (input: DecideInput): void => {
    property(input);
  };
  fc.assert(fc.property(aDecideInput, ask), { numRuns: RUNS });
};
const without = (input: DecideInput): DecideInput => ({ ...input, exceptions: [] });

/** The order of statuses, written a second time: the first row whose condition is true. */
function expected({ context, finding, exceptions }: DecideInput): DecideOutput['status'] {
  const { verdict } = finding.approval;
  const most = context.baseline?.exceptionDays[finding.severity];
  const counting = exceptions.filter(
    (e) => (e.controlled || !finding.kev) && !(most !== undefined && e.days > most),
  );
  const vendor = finding.affected === 'affected' && !finding.kev ? finding.vex : 'none';
  const rows: readonly (readonly [DecideOutput['status'], boolean])[] = [
    ['unknown', context.unknown !== null || finding.affected === 'unknown'],
    ['ungoverned', context.baseline === null],
    ['not-affected', finding.affected === 'not-affected' || vendor === 'not-affected'],
    ['fixed', finding.affected === 'fixed' || vendor === 'fixed'],
    ['mitigated', counting.some((e) => e.decision === 'mitigated' && e.controlled)],
    ['excepted', counting.length > 0],
    ['pinned', finding.held],
    ['rejected', verdict === 'rejected' || (verdict === 'unmatched' && finding.kind === 'update')],
    ['no-fix', finding.fix === 'none' || finding.fix === 'needs'],
    ['waiting', verdict === 'waiting'],
  ];
  return rows.find(([, condition]) => condition)?.[0] ?? 'missing';
}

describe('decide', () => {
  test('the first status that holds wins', () => {
    holds((input) => expect(decide(input).status).toBe(expected(input)));
  });

  test('the reason for the status is among the reasons, which stand in order', () => {
    holds((input) => {
      const { status, reasons } = decide(input);
      expect(reasons.map((r) => r.effect)).toContain(status);
      const rules = reasons.map((r) => `${r.rule} ${r.subject ?? ''}`);
      expect(rules).toEqual([...rules].sort());
    });
  });

  test('an exception turns a finding into excepted or mitigated, or into nothing', () => {
    fc.assert(
      fc.property(aDecideInput, anException, (input, exception) => {
        const before = decide(without(input)).status;
        const after = decide({ ...input, exceptions: [exception] }).status;
        expect(['excepted', 'mitigated', before]).toContain(after);
        if (input.finding.kev && !exception.controlled) expect(after).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });

  test('one more exception never makes a finding stricter, and moves no date', () => {
    fc.assert(
      fc.property(aDecideInput, anException, (input, more) => {
        const before = decide(input);
        const after = decide({ ...input, exceptions: [...input.exceptions, { ...more, id: 'exc-more' }] });
        const weaker = before.status === 'mitigated' ? [] : ['excepted', 'mitigated'];
        expect([before.status, ...weaker]).toContain(after.status);
        expect(after.obligations).toEqual(before.obligations);
      }),
      { numRuns: RUNS },
    );
  });

  test('exceptions stop no clock and start none', () => {
    holds((input) => {
      const clocks = ({ obligations, reasons }: DecideOutput) => [
        obligations,
        reasons.filter((r) => r.rule.startsWith('deadlines/')),
      ];
      expect(clocks(decide(input))).toEqual(clocks(decide(without(input))));
    });
  });

  test('clocks run only where something can and must be done', () => {
    holds((input) => {
      const { status, obligations } = decide(input);
      if (['unknown', 'ungoverned', 'not-affected', 'fixed'].includes(status))
        expect(obligations).toEqual([]);
      if (['rejected', 'no-fix'].includes(status) && input.finding.kind !== 'vulnerability')
        expect(obligations).toEqual([]);
      const kind = ['none', 'needs'].includes(input.finding.fix) ? 'mitigate' : 'patch';
      expect(obligations.filter((o) => o.kind !== kind)).toEqual([]);
      if (input.finding.kev && ['missing', 'waiting', 'pinned'].includes(status))
        expect(obligations.map((o) => o.rule)).toContain('deadlines/kev:exploited');
    });
  });

  test('ring, mode and labels that no rule declares decide nothing', () => {
    const unread = fc.dictionary(fc.constantFrom('unit', 'env', 'note', ''), fc.string());
    fc.assert(
      fc.property(aDecideInput, unread, fc.constantFrom('observe', 'propose'), (input, more, mode) => {
        const { exposure, criticality } = input.context.labels;
        const labels = { ...more, ...(exposure && { exposure }), ...(criticality && { criticality }) };
        const baseline = input.context.baseline && { ...input.context.baseline, mode };
        const context = { ...input.context, baseline, ring: 'other', labels } as DecideInput['context'];
        expect(decide({ ...input, context })).toEqual(decide(input));
      }),
      { numRuns: RUNS },
    );
  });

  test('the order of deadlines and exceptions changes no byte', () => {
    fc.assert(
      fc.property(aDecideInput, fc.gen(), (input, gen) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          gen(fc.shuffledSubarray<T>, [...list], { minLength: list.length });
        const { baseline } = input.context;
        const context = {
          ...input.context,
          baseline: baseline && { ...baseline, deadlines: shuffled(baseline.deadlines) },
        };
        const turned = { ...input, context, exceptions: shuffled(input.exceptions) };
        expect(JSON.stringify(decide(turned))).toBe(JSON.stringify(decide(input)));
      }),
      { numRuns: RUNS },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import type { DecideInput } from '../../src/contracts/generated/decide-input.ts';

const { decide } = await loadPolicyEngine();

type Deadline = NonNullable<DecideInput['context']['baseline']>['deadlines'][number];

/** What a vulnerability with a fix within reach owes by one deadline, and what is said of it. */
function answer(
  deadline: Deadline,
  labels: DecideInput['context']['labels'],
  known: Partial<DecideInput['finding']>,
) {
  const { status, obligations, reasons } = decide({
    context: {
      baseline: { id: 'servers', mode: 'apply', deadlines: [deadline], exceptionDays: {} },
      ring: 'first',
      unknown: null,
      labels,
    },
    finding: {
      kind: 'vulnerability',
      stream: 'debian:12:amd64',
      severity: 'high',
      kev: false,
      exploitation: 'unknown',
      automatable: 'unknown',
      technicalImpact: 'unknown',
      epss: null,
      scopes: [],
      fix: 'available',
      held: false,
      affected: 'affected',
      vex: 'none',
      approval: { verdict: 'approved', rule: 'all' },
      ...known,
    },
    exceptions: [],
  });
  expect(status).toBe('missing');
  return { obligations, told: reasons.filter((r) => r.rule.startsWith('deadlines/')) };
}

/** KEV, publicly exposed, automatable, technical impact, and what follows. @see CISA BOD 26-04 */
const DIRECTIVE =
  'NNNP FSU, NNNT FSU, NYNP 60D, NNYP 60D, NNYT 60D, YNNP 14D, YNNT 14D, YNYP 14D, YYNP 14D, NYYP 14D, ' +
  'NYNT 14D, YYYP 3D, NYYT 3D, YYNT 3DF, YNYT 3DF, YYYT 3DF';
const directive = DIRECTIVE.split(', ').map((row) => row.split(' ') as [string, string]);

describe('CISA BOD 26-04', () => {
  test('has sixteen rows', () => {
    expect(new Set(directive.map(([key]) => key)).size).toBe(16);
  });

  test.each(directive)('%s: %s', (key, outcome) => {
    const [kev, exposed, automatable, impact] = key;
    const { obligations, told } = answer(
      { id: 'bod', kind: 'bod-26-04', clock: 'fixAvailable' },
      { exposure: exposed === 'Y' ? 'internet' : 'internal' },
      {
        kev: kev === 'Y',
        automatable: automatable === 'Y' ? 'yes' : 'no',
        technicalImpact: impact === 'T' ? 'total' : 'partial',
      },
    );
    const rule = 'deadlines/bod-26-04';
    if (outcome === 'FSU') {
      expect(obligations).toEqual([]);
      expect(told).toEqual([
        { rule, effect: 'fix-on-upgrade', subject: 'bod', params: { row: key, assumed: '' } },
      ]);
      return;
    }
    const days = Number.parseInt(outcome, 10);
    const params = { row: key, outcome, assumed: '' };
    expect(obligations).toEqual([
      { rule: `${rule}:bod`, kind: 'patch', clock: 'fixAvailable', days, params },
    ]);
    expect(told).toEqual([]);
  });
});

/** By exploitation; exposure and automatable; one letter for each human impact. @see CERT/CC SSVC, deployer tree */
const TREE = {
  none: 'SN:DDSS SY:DSSS CN:DSSS CY:SSSS ON:DSSS OY:SSSO',
  poc: 'SN:DSSS SY:SSSS CN:DSSS CY:SSSO ON:SSSO OY:SSOO',
  active: 'SN:SSOO SY:SOOO CN:SSOO CY:OOOO ON:SOOI OY:OOII',
} as const;
const EXPOSURE: Record<string, string> = { S: 'small', C: 'controlled', O: 'open' };
const IMPACT = ['low', 'medium', 'high', 'very-high'];
const OUTCOME: Record<string, readonly [string, number | null]> = {
  D: ['defer', null],
  S: ['scheduled', 60],
  O: ['out-of-cycle', 7],
  I: ['immediate', 1],
};
const tree = Object.entries(TREE).flatMap(([exploitation, groups]) =>
  groups.split(' ').flatMap((group) => {
    const [key = '', letters = ''] = group.split(':');
    return IMPACT.map((impact, i) => [exploitation, key, impact, letters[i] ?? ''] as const);
  }),
);

describe('SSVC deployer tree', () => {
  test('has seventy-two rows', () => {
    expect(new Set(tree.map((row) => row.slice(0, 3).join(' '))).size).toBe(72);
  });

  test.each(tree)('%s %s %s: %s', (exploitation, group, impact, letter) => {
    const { obligations, told } = answer(
      {
        id: 'tree',
        kind: 'ssvc-deployer',
        clock: 'published',
        days: { immediate: 1, 'out-of-cycle': 7, scheduled: 60 },
      },
      { exposure: EXPOSURE[group[0] ?? ''] ?? '', criticality: impact },
      { exploitation: exploitation as 'poc', automatable: group[1] === 'Y' ? 'yes' : 'no' },
    );
    const rule = 'deadlines/ssvc-deployer';
    const row = `${exploitation} ${group} ${impact}`;
    const [outcome, days] = OUTCOME[letter] ?? [];
    if (days === null) {
      expect(obligations).toEqual([]);
      expect(told).toEqual([{ rule, effect: outcome, subject: 'tree', params: { row, assumed: '' } }]);
      return;
    }
    const params = { row, outcome, assumed: '' };
    expect(obligations).toEqual([{ rule: `${rule}:tree`, kind: 'patch', clock: 'published', days, params }]);
    expect(told).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Exception } from '../../src/contracts/generated/exception.ts';
import { differencesOf } from '../../src/domain/differences/differences.ts';
import { grantedExceptions, grantsExceptions } from '../../src/domain/granted-exceptions.ts';

const exception = (over: Partial<Exception>): Exception => ({
  ...{
    apiVersion: 'patchwarden/v1',
    kind: 'Exception',
    id: 'x',
    owner: 'team:ops',
    reason: 'r',
    ticket: 't',
  },
  ...{ match: { advisories: ['CVE-1'] }, select: { all: [{ label: 'role', in: ['db'] }] } },
  ...{ validFrom: '2024-01-01', validUntil: '2024-01-31', decision: 'accept-risk' },
  ...over,
});
const at = (document: string, over: Partial<Exception> = {}) => ({ document, value: exception(over) });
const days = (validFrom: string, validUntil: string) => ({ validFrom, validUntil });
const EXTENDED = days('2024-01-01', '2024-02-29');

/** x.json as it becomes, and every version that was; the last of x.json is what it is now. */
function granted(after: Partial<Exception>, ...past: readonly ReturnType<typeof at>[]) {
  const now = past.findLast((p) => p.document === 'x.json')?.value ?? null;
  const becomes = at('x.json', after);
  const differences = differencesOf({ ...becomes, class: 'exception', before: now, after: becomes.value });
  return grantedExceptions(differences, [becomes], past).map(({ days: d, renewals }) => [d, renewals]);
}

describe('grantedExceptions', () => {
  const old = at('x.json');
  it.each<[string, Parameters<typeof granted>, number[][]]>([
    ['a new one', [{}], [[31, 0]]],
    ['one day', [days('2024-02-29', '2024-02-29')], [[1, 0]]],
    ['a later end is a renewal', [EXTENDED, old], [[60, 1]]],
    ['a later beginning starts no new clock', [days('2024-01-20', '2024-02-29'), old], [[60, 1]]],
    ['the day after the end adjoins', [days('2024-02-01', '2024-02-29'), old], [[60, 1]]],
    ['a day between breaks it', [days('2024-02-02', '2024-02-29'), old], [[28, 0]]],
    [
      'ends are counted once each',
      [days('2024-03-01', '2024-03-31'), old, at('x.json', EXTENDED), at('y.json', EXTENDED)],
      [[91, 2]],
    ],
    ['an earlier end is none', [{ validUntil: '2024-01-15', decision: 'false-positive' }, old], [[15, 0]]],
    ['an end alone is no grant', [{ validUntil: '2024-01-15' }, old], []],
    ['words are no grant', [{ reason: 'better', ticket: 'u' }, old], []],
    [
      'other hosts are a grant of the whole time',
      [{ ...EXTENDED, select: {} }, at('x.json', EXTENDED)],
      [[60, 0]],
    ],
    ['another id for the same advisory and hosts', [EXTENDED, at('old.json')], [[60, 1]]],
    [
      'another id for other hosts',
      [EXTENDED, at('old.json', { select: { all: [{ label: 'role', in: ['web'] }] } })],
      [[60, 0]],
    ],
    [
      'another id for another advisory',
      [EXTENDED, at('old.json', { match: { advisories: ['CVE-2'] } })],
      [[60, 0]],
    ],
    [
      'another id that shares one advisory',
      [EXTENDED, at('old.json', { match: { advisories: ['CVE-2', 'CVE-1'] } })],
      [[60, 1]],
    ],
    [
      'another id for the same component',
      [
        { ...EXTENDED, match: { component: { name: 'curl' } } },
        at('old.json', { match: { component: { name: 'curl', before: '8' } } }),
      ],
      [[60, 1]],
    ],
    [
      'the same component for another advisory',
      [
        { ...EXTENDED, match: { advisories: ['CVE-1'], component: { name: 'curl' } } },
        at('old.json', { match: { advisories: ['CVE-2'], component: { name: 'curl' } } }),
      ],
      [[60, 0]],
    ],
    [
      'an advisory and a component have nothing in common',
      [EXTENDED, at('old.json', { match: { component: { name: 'curl' } } })],
      [[60, 0]],
    ],
    [
      'a chain of three',
      [days('2024-03-01', '2024-03-31'), old, at('a.json', days('2024-02-01', '2024-02-29'))],
      [[91, 2]],
    ],
  ])('%s', (_, args, expected) => expect(granted(...args)).toEqual(expected));

  it('counts two of one proposal together', () => {
    const two = [at('x.json'), at('y.json', days('2024-02-01', '2024-02-29'))];
    const differences = two.flatMap((e) =>
      differencesOf({ ...e, class: 'exception', before: null, after: e.value }),
    );
    expect(grantsExceptions(differences)).toBe(true);
    expect(grantedExceptions(differences, two, []).map((g) => g.days)).toEqual([31, 60]);
  });

  it('needs no past where nothing is granted', () => {
    const gone = differencesOf({
      document: 'x.json',
      class: 'exception',
      before: exception({}),
      after: null,
    });
    expect(gone.map((d) => d.effect)).toEqual(['tightened']);
    expect(grantsExceptions(gone)).toBe(false);
  });
});

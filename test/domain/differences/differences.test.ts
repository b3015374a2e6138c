import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differencesOf, hasDifferences } from '../../../src/domain/differences/differences.ts';
import { example } from '../../contracts/documents.ts';
import { selector } from '../../support/arbitrary-selector.ts';

// biome-ignore lint: the documents are changed freely
type Any = any; // eslint-disable-line @typescript-eslint/no-explicit-any
type Class = Parameters<typeof differencesOf>[0]['class'];

const NAMES = {
  baseline: 'baseline',
  exception: 'exception',
  roles: 'roles',
  config: 'config',
  hold: 'hold',
};

/** `change[ of item]: effect from → to` of a change of the valid example of a kind. */
function told(kind: keyof typeof NAMES, change: (d: Any) => void, prepare: (d: Any) => void = () => {}) {
  const [before, after] = [example<Any>(NAMES[kind]), example<Any>(NAMES[kind])];
  prepare(before);
  prepare(after);
  change(after);
  return differencesOf({ document: 'd.json', class: kind, before, after }).map(
    (d) => `${d.change}${d.item === null ? '' : ` of ${d.item}`}: ${d.effect}`,
  );
}

const DAYS = { id: 'sla', kind: 'severity-sla', clock: 'firstSeen', days: { critical: 3, high: 14 } };
const RINGS = [
  { id: 'one', select: {}, merge: 'human', bake: { minutes: 60 } },
  { id: 'two', select: {} },
];
const plain = (d: Any) => {
  Object.assign(d, {
    mode: 'propose',
    deadlines: [DAYS],
    rings: structuredClone(RINGS),
    exceptionDays: { high: 30 },
  });
  d.deadlines = [structuredClone(DAYS)];
  d.approve = [{ id: 'a', match: {} }];
  d.reject = [{ id: 'r', match: {}, action: 'block', reason: 'x' }];
  d.select = { all: [{ label: 'role', in: ['db', 'web'] }] };
};

describe('differences of a baseline', () => {
  it.each<[string, (d: Any) => void, string[]]>([
    ['none', () => {}, []],
    [
      'words',
      (d) => Object.assign(d, { owner: 'team:x', description: 'y' }),
      ['description: changed', 'owner: changed'],
    ],
    ['mode down', (d) => (d.mode = 'observe'), ['mode: loosened']],
    ['mode absent is observe', (d) => delete d.mode, ['mode: loosened']],
    ['mode up', (d) => (d.mode = 'apply'), ['mode: tightened']],
    ['fewer assets', (d) => (d.select.all[0].in = ['db']), ['select: loosened']],
    ['more assets', (d) => (d.select = {}), ['select: tightened']],
    ['other assets', (d) => (d.select.all[0].in = ['db', 'x']), ['select: loosened']],
    ['the same assets in other words', (d) => (d.select.all[0].in = ['web', 'db']), ['select: changed']],
    ['priority', (d) => (d.priority += 1), ['priority: loosened']],
    ['a deadline removed', (d) => (d.deadlines = []), ['deadlines of sla: loosened']],
    ['a deadline added', (d) => d.deadlines.push({ ...DAYS, id: 'b' }), ['deadlines of b: tightened']],
    ['more days', (d) => (d.deadlines[0].days.high = 15), ['deadlines.days.high of sla: loosened']],
    ['fewer days', (d) => (d.deadlines[0].days.high = 13), ['deadlines.days.high of sla: tightened']],
    [
      'a severity without a row',
      (d) => delete d.deadlines[0].days.high,
      ['deadlines.days.high of sla: loosened'],
    ],
    ['another clock', (d) => (d.deadlines[0].clock = 'published'), ['deadlines.clock of sla: loosened']],
    [
      'a deadline for some',
      (d) => (d.deadlines[0].select = { all: [{ label: 'a', in: ['b'] }] }),
      ['deadlines.select of sla: loosened'],
    ],
    ['exceptions for longer', (d) => (d.exceptionDays.high = 31), ['exceptionDays.high: loosened']],
    ['exceptions for ever', (d) => delete d.exceptionDays, ['exceptionDays.high: loosened']],
    ['exceptions capped', (d) => (d.exceptionDays.low = 400), ['exceptionDays.low: tightened']],
    ['a ring merges by itself', (d) => (d.rings[1].merge = 'auto'), ['rings.merge of two: loosened']],
    ['what is absent is the default', (d) => (d.rings[1].merge = 'human'), ['rings.merge of two: loosened']],
    ['a shorter bake', (d) => (d.rings[0].bake.minutes = 30), ['rings.bake.minutes of one: loosened']],
    ['a longer bake', (d) => (d.rings[0].bake.minutes = 90), ['rings.bake.minutes of one: tightened']],
    ['a budget', (d) => (d.rings[0].budget = { hosts: 5 }), ['rings.budget.hosts of one: tightened']],
    ['rings the other way round', (d) => d.rings.reverse(), ['rings: loosened']],
    ['a ring more', (d) => d.rings.push({ id: 'x', select: {} }), ['rings of x: loosened']],
    ['an id twice hides nothing', (d) => d.rings.push({ id: 'two', select: {} }), ['rings: loosened']],
    ['an approval changed', (d) => (d.approve[0].afterDays = 3), ['approve.afterDays of a: loosened']],
    ['a rejection lifted', (d) => (d.reject = []), ['reject of r: tightened']],
    ['a weaker way back', (d) => (d.rollback = 'none'), ['rollback: loosened']],
  ])('%s', (_, change, expected) =>
    expect(
      told('baseline', change, (d) => {
        plain(d);
        delete d.rollback;
      }),
    ).toEqual(expected),
  );
});

describe('differences of an exception', () => {
  const prepared = (d: Any) =>
    Object.assign(d, {
      ...{ match: { advisories: ['A', 'B'], component: { name: 'curl', before: '8' } }, maxAssets: 5 },
      ...{ controls: ['c'], validFrom: '2024-01-02', validUntil: '2024-02-01', decision: 'accept-risk' },
      select: { all: [{ label: 'role', in: ['db', 'web'] }] },
    });
  it.each<[string, (d: Any) => void, string[]]>([
    ['a later end', (d) => (d.validUntil = '2024-02-02'), ['validUntil: loosened']],
    ['an earlier end', (d) => (d.validUntil = '2024-01-31'), ['validUntil: tightened']],
    ['an earlier beginning', (d) => (d.validFrom = '2024-01-01'), ['validFrom: loosened']],
    ['a later beginning', (d) => (d.validFrom = '2024-01-03'), ['validFrom: tightened']],
    ['more assets', (d) => (d.select.all[0].in = ['db', 'web', 'x']), ['select: loosened']],
    ['fewer assets', (d) => (d.select.all[0].in = ['db']), ['select: tightened']],
    ['one advisory more', (d) => d.match.advisories.push('C'), ['match: loosened']],
    ['one advisory less', (d) => d.match.advisories.pop(), ['match: tightened']],
    ['any advisory', (d) => delete d.match.advisories, ['match: loosened']],
    ['any version', (d) => delete d.match.component.before, ['match: loosened']],
    ['another version', (d) => (d.match.component.before = '9'), ['match: loosened']],
    ['any component', (d) => delete d.match.component, ['match: loosened']],
    ['more assets allowed', (d) => (d.maxAssets = 6), ['maxAssets: loosened']],
    ['any number of assets', (d) => delete d.maxAssets, ['maxAssets: loosened']],
    ['fewer assets allowed', (d) => (d.maxAssets = 4), ['maxAssets: tightened']],
    ['a control dropped', (d) => (d.controls = []), ['controls: loosened']],
    ['a control added', (d) => d.controls.push('e'), ['controls: tightened']],
    ['a control replaced', (d) => (d.controls = ['e']), ['controls: loosened']],
    ['another decision', (d) => (d.decision = 'mitigated'), ['decision: loosened']],
    ['words', (d) => Object.assign(d, { reason: 'x', ticket: 'y' }), ['reason: changed', 'ticket: changed']],
  ])('%s', (_, change, expected) => expect(told('exception', change, prepared)).toEqual(expected));

  it('a selector never selects more and is tightened', () => {
    fc.assert(
      fc.property(selector, selector, (before, after) => {
        const [there] = differencesOf({
          document: 'd',
          class: 'exception',
          before: { select: before },
          after: { select: after },
        });
        const [back] = differencesOf({
          document: 'd',
          class: 'exception',
          before: { select: after },
          after: { select: before },
        });
        expect(there?.effect === 'tightened' && back?.effect === 'tightened').toBe(false);
        expect(there?.effect === 'changed').toBe(back?.effect === 'changed');
      }),
      { numRuns: 200 },
    );
  });
});

describe('differences of roles, config, holds and signers', () => {
  const approvals = (d: Any) => (d.approvals = { required: 2, edition: 2 });
  it.each<[string, Parameters<typeof told>, string[]]>([
    [
      'fewer approvals',
      ['roles', (d) => (d.approvals.required = 1), approvals],
      ['approvals.required: loosened'],
    ],
    [
      'no word on approvals',
      ['roles', (d) => delete d.approvals, approvals],
      ['approvals.edition: loosened', 'approvals.required: loosened'],
    ],
    [
      'longer exceptions',
      ['roles', (d) => (d.approvals.exceptionDays = 91), approvals],
      ['approvals.exceptionDays: loosened'],
    ],
    [
      'fewer renewals',
      ['roles', (d) => (d.approvals.exceptionRenewals = 0), approvals],
      ['approvals.exceptionRenewals: tightened'],
    ],
    ['one more approver', ['roles', (d) => d.roles.approver.push('team:x')], ['roles.approver: loosened']],
    ['one approver less', ['roles', (d) => d.roles.approver.pop()], ['roles.approver: tightened']],
    ['another team', ['roles', (d) => (d.people[0].teams = ['x'])], ['people.teams of ada: loosened']],
    [
      'a key for a person',
      ['roles', (d) => d.people[0].principals.push('x@y')],
      ['people.principals of ada: loosened'],
    ],
    ['another key of the log', ['roles', (d) => (d.log.key = 'x')], ['log: loosened']],
    [
      'a limit raised',
      ['config', (d) => (d.limits = { ...d.limits, growth: 0.9 }), (d) => (d.limits = {})],
      ['limits.growth: loosened'],
    ],
    [
      'a limit lowered',
      ['config', (d) => (d.limits = { growth: 0.1 }), (d) => (d.limits = {})],
      ['limits.growth: tightened'],
    ],
    [
      'a limit unknown to us',
      ['config', (d) => (d.limits = { else: 1 }), (d) => (d.limits = {})],
      ['limits.else: loosened'],
    ],
    [
      'a source without signature',
      [
        'config',
        (d) => (d.packages.sources[0].signature = 'none'),
        (d) => (d.packages.sources = [{ id: 's', kind: 'apt-url' }]),
      ],
      ['packages.sources.signature of s: loosened'],
    ],
    ['another reason of a hold', ['hold', (d) => (d.reason = 'x')], ['reason: changed']],
    ['another version of a hold', ['hold', (d) => (d.version = 'x')], ['version: loosened']],
  ])('%s', (_, args, expected) => expect(told(...args)).toEqual(expected));

  it.each<[Class, unknown, unknown, string, string]>([
    ['signers', ['a k', 'b l'], ['a k'], 'tightened', 'document'],
    ['signers', ['a k'], ['a k', 'b l'], 'loosened', 'document'],
    ['policy', 'package a', 'package b', 'loosened', 'document'],
    ['calendar', '{}', '{ }', 'loosened', 'document'],
    ['exception', null, {}, 'loosened', 'document'],
    ['exception', {}, null, 'tightened', 'document'],
    ['hold', null, {}, 'tightened', 'document'],
    ['hold', {}, null, 'loosened', 'document'],
    ['baseline', undefined, {}, 'loosened', 'document'],
    ['roles', {}, undefined, 'loosened', 'document'],
  ])('%s as a whole: %j → %j', (kind, before, after, effect, change) => {
    expect(differencesOf({ document: 'd', class: kind, before, after })).toMatchObject([{ effect, change }]);
  });

  it('locks, pins and other files have none', () => {
    expect((['lock', 'pins', 'other'] as const).some(hasDifferences)).toBe(false);
    expect(differencesOf({ document: 'd', class: 'lock', before: {}, after: null })).toEqual([]);
  });

  it('shows values, and long ones not whole', () => {
    const [d] = differencesOf({
      ...{ document: 'd', class: 'exception' },
      ...{ before: { controls: ['x'.repeat(1000)] }, after: { controls: [] } },
    });
    expect(d).toMatchObject({ to: '[]' });
    expect(String(d?.from)).toHaveLength(301);
  });
});

import { describe, expect, it } from 'vitest';
import { applyEventJson, applyEventText } from '../../src/report/apply-event.ts';
import {
  applyPlanJson,
  applyPlanText,
  type PlannedHost,
  type PlannedRing,
} from '../../src/report/apply-plan.ts';
import { type ApplyLike, applyResultJson, applyResultText } from '../../src/report/apply-result.ts';
import { stopJson, stopText } from '../../src/report/stop.ts';

const HEAD = 'a'.repeat(40);
const host = {
  ...{ asset: 'web-1', baseline: 'servers', ring: 'prod', state: 'patched' },
  reason: '1 package(s) installed and seen',
  packages: ['app 1.0 → 1.1'],
};
const ring = {
  ...{ baseline: 'servers', ring: 'prod', generation: 3, state: 'bake', reason: 'wave 0 bakes' },
  until: '2024-10-24T13:00:00Z',
};
const result = (over: Partial<ApplyLike> = {}): ApplyLike => ({
  ...{ head: HEAD, busy: null, rings: [ring], hosts: [host] },
  ...over,
});

describe('the result of apply', () => {
  it('is a line a ring, a line a host, and its packages', () => {
    const second = { ...host, asset: 'web-2', state: 'equal' };
    expect(applyResultText(result({ hosts: [host, second] }))).toBe(
      [
        'Verified head aaaaaaaaaaaa',
        'servers/prod  generation 3  bake  wave 0 bakes, until 2024-10-24T13:00:00Z',
        '  web-1  patched  1 package(s) installed and seen',
        '    app 1.0 → 1.1',
        '  web-2  equal  1 package(s) installed and seen',
        '',
      ].join('\n'),
    );
    expect(applyResultText(result({ rings: [] }))).toContain('No ring of a baseline');
    const busy = { holder: 'runner-7', until: '2024-10-24T12:03:00Z' };
    expect(applyResultText(result({ busy, rings: [] }))).toContain('runner-7, until 2024-10-24T12:03:00Z');
  });

  it('shows no control characters of a host', () => {
    const hosts = [{ ...host, reason: 'dpkg: \u001b[2J' }];
    expect(applyResultText(result({ hosts }))).not.toContain('\u001b');
  });

  it('is the last line of the event stream', () => {
    const text = applyResultJson(result());
    expect(JSON.parse(text)).toEqual({ event: 'result', ...result() });
    expect(text.split('\n')).toHaveLength(2);
  });
});

describe('an event', () => {
  const at = '2024-10-24T12:00:00Z';
  const where = { at, baseline: 'servers', ring: 'prod' };
  it.each([
    [
      { event: 'wave', ...where, wave: 1, hosts: 3, state: 'started', reason: 'wave 1: 3 of 3 that are due' },
      '12:00:00 servers/prod wave 1 started: wave 1: 3 of 3 that are due\n',
    ],
    [
      { event: 'host', at, asset: 'web-1', run: null, state: 'installed', reason: '\u001b[0m' },
      '12:00:00   web-1 installed: \\u{1b}[0m\n',
    ],
    [{ event: 'halt', at, scope: 'all', reason: 'why' }, '12:00:00 HALT all: why\n'],
    [{ event: 'proven', ...where, generation: 4 }, '12:00:00 servers/prod generation 4 is proven\n'],
  ] as const)('is a line: %j', (event, text) => {
    expect(applyEventText(event).replace(/\\x1b|\\u001b|\\u\{1b\}|\\u\{1B\}|�|\?/, '\\u{1b}')).toBe(text);
    expect(JSON.parse(applyEventJson(event))).toEqual(event);
  });
});

const planned: PlannedHost = {
  ...{ asset: 'web-1', state: 'due', wave: 0, reason: 'not started', missingBytes: ['e'.repeat(64)] },
  plan: {
    packages: [{ name: 'app', arch: 'all', from: null, version: '1.1', sha256: 'd'.repeat(64) }],
    mend: ['half'],
    refusal: 'on hold',
    leftOut: [
      {
        purl: 'pkg:deb/debian/x',
        state: 'ahead',
        installed: '2',
        wanted: '1',
        reason: 'newer than the lock',
      },
    ],
  },
};
const plannedRing: PlannedRing = {
  ...{ ...ring, lock: `sha256:${'b'.repeat(64)}`, plan: `sha256:${'c'.repeat(64)}` },
  waves: [
    { wave: 0, hosts: ['web-1'] },
    { wave: 1, hosts: ['web-2', 'web-3'] },
  ],
  ...{ uncovered: ['debian:12:amd64 · db'], bakeMinutes: 30, atLeastMinutes: 62 },
  window: { kind: 'open', until: '2024-10-24T13:00:00Z' },
  hosts: [planned, { ...planned, asset: 'web-2', state: 'unknown', reason: 'silent', plan: null }],
};

describe('the plan of apply', () => {
  const of = (rings: readonly PlannedRing[]) => ({ head: HEAD, asOf: '2024-10-24T12:00:00Z', rings });

  it('prints waves, window, what is uncovered, and each host', () => {
    const text = applyPlanText(of([plannedRing]));
    for (const line of [
      'servers/prod: generation 3, 1 of 2 host(s) behind (lock bbbbbbbbbbbb, plan cccccccccccc)',
      '  window: open, hosts may start until 2024-10-24T13:00:00Z; bake 30 min; at least 62 min in all',
      '  wave 0 (canary): 1 host(s): web-1',
      '  wave 1: 2 host(s): web-2, web-3',
      '  uncovered by the canary: debian:12:amd64 · db',
      '  web-1: 1 package(s) to install',
      '    would be refused: on hold',
      '    to be finished first: half',
      `    bytes missing in the artifact store: ${'e'.repeat(64)}`,
      `    app:all (new) -> 1.1  sha256 ${'d'.repeat(64)}`,
      '    left out: pkg:deb/debian/x ahead (2, locked 1): newer than the lock',
      '  web-2: unknown, silent',
    ])
      expect(text).toContain(`${line}\n`);
    expect(applyPlanText(of([]))).toContain('No ring of a baseline');
  });

  it.each([
    [{ kind: 'open', until: null }, 'window: always open;'],
    [
      { kind: 'closed', next: '2024-10-25T13:00:00Z', reason: 'calendar nights' },
      'window: closed (calendar nights), next 2024-10-25T13:00:00Z;',
    ],
    [{ kind: 'closed', next: null, reason: 'freeze' }, 'next never in the next twelve years;'],
  ] as const)('says when: %j', (window, words) => {
    expect(applyPlanText(of([{ ...plannedRing, window }]))).toContain(words);
  });

  it('is the same as JSON', () => {
    expect(JSON.parse(applyPlanJson(of([plannedRing])))).toEqual(of([plannedRing]));
  });
});

describe('a stop', () => {
  const done = {
    scope: 'servers/prod',
    person: 'ola',
    lift: false,
    halts: ['x'],
    written: true,
    recorded: true,
  };
  it('says what is in force now', () => {
    expect(stopText(done)).toContain('halted: servers/prod by ola; no host starts any more');
    expect(stopText({ ...done, written: false })).toContain('was halted already');
    expect(stopText({ ...done, lift: true })).toContain('lifted: servers/prod (1 halt(s)) by ola');
    expect(JSON.parse(stopJson(done))).toEqual(done);
  });
});

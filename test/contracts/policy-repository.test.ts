import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemblePolicyRepository, policyDocumentsOf } from '../../src/contracts/policy-repository.ts';
import { formatProblem } from '../../src/contracts/problem.ts';
import { policyTree, publicKey } from '../support/policy-tree.ts';
import { example } from './documents.ts';

// biome-ignore lint: the documents are changed freely, wrong types included
type Any = any; // eslint-disable-line @typescript-eslint/no-explicit-any

const problemsOf = (changes: Parameters<typeof policyTree>[0]): readonly string[] =>
  assemblePolicyRepository(policyTree(changes)).problems.map(formatProblem);

const LOCK = 'locks/servers/prod.lock.json';
const KEY = 'pkg:deb/debian/libssl3?arch=amd64&distro=debian-12';
const entry = (): unknown => example<Any>('patch-lock').entries[KEY];
const withEntry = (key: string) => ({
  [LOCK]: (d: Any) => {
    d.entries = { [key]: entry() };
  },
});

describe('assemblePolicyRepository', () => {
  it('gives every document, sorted, and no problem', () => {
    const minimal = example<Any>('baseline-minimal');
    const { documents, problems } = assemblePolicyRepository(
      policyTree({
        'baselines/minimal.json': () => minimal,
        'README.md': '# hi',
        'policies/x.rego': 'package x',
      }),
    );
    expect(problems).toEqual([]);
    expect(documents?.config.id).toBe('patchwarden');
    expect(documents?.roles.people).toHaveLength(2);
    expect(documents?.pins?.id).toBe('pins');
    expect(documents?.baselines.map((b) => b.id)).toEqual(['minimal', 'servers']);
    expect(documents?.exceptions.map((b) => b.id)).toEqual(['expat-reports']);
    expect(documents?.calendars.map((b) => b.id)).toEqual(['nights']);
    expect(documents?.holds.map((b) => b.id)).toEqual(['openssl-3.0.15']);
    expect([...(documents?.locks.keys() ?? [])]).toEqual([LOCK]);
    expect(documents?.allowedSigners).toContain('ada@example.org');
  });

  it('needs no pins, exceptions, calendars, holds or locks', () => {
    const { documents, problems } = assemblePolicyRepository(
      policyTree({
        'pins.json': null,
        'exceptions/expat-reports.json': null,
        'calendars/nights.json': null,
        'holds/openssl-3.0.15.json': null,
        [LOCK]: null,
        'baselines/servers.json': (d: Any) => {
          delete d.calendar;
        },
      }),
    );
    expect(problems).toEqual([]);
    expect(documents).toMatchObject({ pins: null, exceptions: [], calendars: [], holds: [] });
    expect(documents?.locks.size).toBe(0);
  });

  it.each<readonly [string, Parameters<typeof policyTree>[0], readonly string[]]>([
    [
      'no roles',
      { 'roles.json': null },
      ['roles.json:1:1: the file is missing; add it: it says who may approve'],
    ],
    [
      'no signers',
      { 'allowed-signers': null },
      ['allowed-signers:1:1: the file is missing; add it: it holds the keys of the people of roles.json'],
    ],
    [
      'another id than the file name',
      { 'baselines/other.json': () => ({ ...example<Any>('baseline-minimal'), id: 'mine' }) },
      ['baselines/other.json:4:9: the id is "mine" and the file is named "other"; they must be the same'],
    ],
    [
      'a document in the wrong folder',
      { 'baselines/openssl.json': () => ({ ...example<Any>('hold'), id: 'openssl' }) },
      [
        'baselines/openssl.json:3:11: this is a Hold, and here a Baseline is expected; move it to holds/<id>.json',
      ],
    ],
    [
      'a file that nobody reads',
      { 'baselines/web.yaml': 'a: 1', 'holds/deep/x.json': '{}', 'locks/x.json': '{}' },
      [
        'baselines/web.yaml:1:1: nothing reads this file: here belong baselines/<id>.json; move, rename or remove it',
        'holds/deep/x.json:1:1: nothing reads this file: here belong holds/<id>.json; move, rename or remove it',
        'locks/x.json:1:1: nothing reads this file: here belong locks/<baseline>/<ring>.lock.json; move, rename or remove it',
      ],
    ],
    [
      'one rule id in two lists',
      {
        'baselines/servers.json': (d: Any) => {
          d.reject[0].id = 'critical-now';
        },
      },
      [
        'baselines/servers.json:52:5: the rule "critical-now" is there already, in line 27; give this one another id',
      ],
    ],
    [
      'two rings of one id',
      {
        'baselines/servers.json': (d: Any) => {
          d.rings[0].id = 'prod';
        },
      },
      [
        'baselines/servers.json:101:5: the ring "prod" is there already, in line 84; give this one another id',
      ],
    ],
    [
      'two windows, people, sources of one id',
      {
        'calendars/nights.json': (d: Any) => {
          d.windows.push(d.windows[0]);
        },
        'patchwarden.json': (d: Any) => {
          d.fleet.sources.push(d.fleet.sources[0]);
        },
      },
      [
        'calendars/nights.json:14:5: the window "patch-tuesday" is there already, in line 7; give this one another id',
        'patchwarden.json:47:7: the asset "web-01" is there already, in line 13; give this one another id',
      ],
    ],
    [
      'an end before the start',
      {
        'exceptions/expat-reports.json': (d: Any) => {
          d.validUntil = '2024-09-30';
        },
      },
      [
        'exceptions/expat-reports.json:28:17: "validUntil" 2024-09-30 lies before "validFrom" 2024-10-01; swap or correct them',
      ],
    ],
    [
      'an exception for longer than a year',
      {
        'exceptions/expat-reports.json': (d: Any) => {
          d.validUntil = '2025-10-03';
        },
      },
      [
        'exceptions/expat-reports.json:28:17: the exception would hold for more than 366 days; end it by 2025-10-02 and renew it when it is still needed',
      ],
    ],
    [
      'an exception for just a year',
      {
        'exceptions/expat-reports.json': (d: Any) => {
          d.validUntil = '2025-10-02';
        },
      },
      [],
    ],
    [
      'a freeze backwards',
      {
        'calendars/nights.json': (d: Any) => {
          d.freezes[0].until = '2026-01-01';
        },
      },
      ['calendars/nights.json:19:16: "until" 2026-01-01 lies before "from" 2026-12-18; swap or correct them'],
    ],
    [
      'an unknown zone',
      {
        'calendars/nights.json': (d: Any) => {
          d.zone = 'Europe/Berlni';
        },
      },
      [
        'calendars/nights.json:5:11: "Europe/Berlni" is no time zone of the IANA database; write one such as Europe/Berlin or UTC',
      ],
    ],
    [
      'an offset as zone',
      {
        'calendars/nights.json': (d: Any) => {
          d.zone = '+01:00';
        },
      },
      [
        'calendars/nights.json:5:11: "+01:00" is no time zone of the IANA database; write one such as Europe/Berlin or UTC',
      ],
    ],
    [
      'an owner nobody knows',
      {
        'holds/openssl-3.0.15.json': (d: Any) => {
          d.owner = 'team:platfrom';
        },
      },
      [
        'holds/openssl-3.0.15.json:8:12: "team:platfrom" is nobody: no person of roles.json is in it; did you mean team:platform?',
      ],
    ],
    [
      'a role for nobody',
      {
        'roles.json': (d: Any) => {
          d.roles.merger = ['person:zoe'];
        },
      },
      [
        'roles.json:40:7: "person:zoe" is nobody: no such person is in roles.json; add it there or name another',
      ],
    ],
    [
      'a calendar that is not there',
      { 'calendars/nights.json': null },
      [
        'baselines/servers.json:114:15: the calendar "nights" does not exist; add calendars/nights.json or name another',
      ],
    ],
    [
      'a calendar for new pull requests that is not there',
      {
        'patchwarden.json': (d: Any) => {
          d.limits = { calendar: 'office' };
        },
      },
      [
        expect.stringMatching(
          /^patchwarden\.json:\d+:\d+: the calendar "office" does not exist; add calendars\/office\.json or name another$/,
        ),
      ],
    ],
    [
      'a driver of no asset',
      {
        'patchwarden.json': (d: Any) => {
          d.drivers[0].asset = 'web-02';
        },
      },
      [
        'patchwarden.json:83:16: the driver names the asset "web-02", which no fleet source observes; add the source or correct the name',
      ],
    ],
    [
      'a lock of no baseline',
      { 'baselines/servers.json': null },
      [`${LOCK}:5:15: the baseline "servers" does not exist; restore it or delete the lock`],
    ],
    [
      'a lock of no ring',
      {
        'baselines/servers.json': (d: Any) => {
          d.rings[1].id = 'all';
        },
      },
      [`${LOCK}:6:11: the baseline "servers" has no ring "prod"; restore the ring or delete the lock`],
    ],
    [
      'a lock in another place',
      {
        [LOCK]: null,
        'locks/servers/canary.lock.json': () => ({ ...example<Any>('patch-lock'), id: 'canary' }),
      },
      [
        'locks/servers/canary.lock.json:5:15: the lock is of baseline "servers", ring "prod" and belongs in locks/servers/prod.lock.json; move the file or correct the names',
      ],
    ],
    [
      'a lock with a held version',
      {
        'holds/openssl-3.0.15.json': (d: Any) => {
          d.package = 'libssl3';
          d.version = '3.0.14-1~deb12u2';
        },
      },
      [
        `${LOCK}:10:5: warning: the lock contains libssl3 "3.0.14-1~deb12u2", which the hold "openssl-3.0.15" forbids; resolve the lock again without it`,
      ],
    ],
    [
      'a hold of another version, stream or architecture',
      {
        'holds/openssl-3.0.15.json': (d: Any) => {
          d.package = 'libssl3';
          d.version = '3.0.14-1~deb12u2';
          d.stream = 'debian:12:arm64';
        },
      },
      [],
    ],
    [
      'two that are certain to tie',
      {
        'baselines/zz.json': () => ({
          ...example<Any>('baseline'),
          id: 'zz',
          select: {
            any: undefined,
            none: [{ label: 'unit', prefix: 'lab' }],
            all: [{ in: ['staging', 'prod'], label: 'env' }],
          },
        }),
      },
      [
        'baselines/zz.json:25:15: warning: has the same priority as the baseline "servers", and both select assets with env=prod, no unit, so that neither governs them; change one priority or selector',
      ],
    ],
    [
      'change rules of an older edition',
      { 'roles.json': (d: Any) => void delete d.approvals.edition },
      [
        'roles.json:43:16: warning: changes are judged by edition 1 of the change rules, without those that came later; write "edition": 2 in "approvals"',
      ],
    ],
    [
      'a ring behind one that takes all',
      {
        'baselines/servers.json': (d: Any) => {
          d.rings.reverse();
        },
      },
      [
        'baselines/servers.json:93:5: warning: no asset reaches the ring "canary": the ring "prod" in front of it takes them all; change the order or a selector',
      ],
    ],
    [
      'a rule behind an equal one',
      {
        'baselines/servers.json': (d: Any) => {
          d.approve.push({ id: 'again', match: { classification: ['security'] } });
        },
      },
      [
        'baselines/servers.json:50:5: warning: no patch reaches the rule "again": the rule "security-week" in front of it matches them all; change the order or a match',
      ],
    ],
    [
      'a rule behind one that has a last day, which passes the later ones over to it',
      {
        'baselines/servers.json': (d: Any) => {
          d.approve.unshift({ id: 'frozen', match: {}, untilDate: '2024-01-01' });
        },
      },
      [],
    ],
    [
      'a rule that approves what is rejected',
      {
        'baselines/servers.json': (d: Any) => {
          d.reject = [
            { id: 'never', match: { classification: ['security'] }, action: 'block', reason: 'no' },
          ];
        },
      },
      [
        'baselines/servers.json:39:5: the rule "security-week" approves nothing: the reject rule "never" matches all of it, and rejection beats approval; remove one of them or narrow a match',
      ],
    ],
    [
      'a wait that is over before it begins',
      {
        'baselines/servers.json': (d: Any) => {
          Object.assign(d.approve.at(-1), { afterDays: 14, maxTotalDays: 7 });
        },
      },
      [
        'baselines/servers.json:48:23: the rule "security-week" waits 14 days and ends every wait after 7; make "maxTotalDays" at least "afterDays"',
      ],
    ],
    [
      'a bad line of signers',
      { 'allowed-signers': 'ada@example.org ssh-rsa AAAA\n' },
      [
        'allowed-signers:1:1: the key is not a ssh-rsa public key in base64; copy the whole line of the .pub file',
      ],
    ],
    [
      'a person without a key',
      { 'allowed-signers': `ada@example.org ${publicKey(0)}\nPatchwarden@example.org ${publicKey(2)}\n` },
      [
        'roles.json:18:9: the principal "grace@example.org" has no key in allowed-signers; add its line there',
      ],
    ],
    [
      'a key of nobody',
      {
        'allowed-signers': ['ada', 'grace', 'patchwarden', 'zoe']
          .map((n, i) => `${n}@example.org ${publicKey(i)}`)
          .join('\n'),
      },
      [
        'allowed-signers:4:1: the principal "zoe@example.org" is nobody in roles.json; add the person there or remove the line',
      ],
    ],
    [
      'one key for two people',
      {
        'allowed-signers': ['ada', 'grace', 'patchwarden']
          .map((n, i) => `${n}@example.org ${publicKey(i % 2)}`)
          .join('\n'),
      },
      ['allowed-signers:3:1: one key stands for two: "ada" and "the bot"; each needs a key of their own'],
    ],
    [
      'one principal for two people',
      {
        'roles.json': (d: Any) => {
          d.people[1].principals = ['grace@example.org', 'Patchwarden@example.org'];
        },
      },
      [
        'roles.json:19:9: the principal "Patchwarden@example.org" belongs to "the bot" already; a principal stands for one person',
      ],
    ],
  ])('%s', (_name, changes, problems) => {
    expect(problemsOf(changes)).toEqual(problems);
  });

  it.each([
    'not a purl',
    'pkg:deb/debian/libssl3?arch=amd64&distro=ubuntu-12',
    'pkg:rpm/debian/libssl3?arch=amd64&distro=debian-12',
    'pkg:deb/debian/libssl%33?arch=amd64&distro=debian-12',
    'pkg:deb/debian/..%2F..%2Fetc?arch=amd64&distro=debian-12',
    'pkg:deb/debian/%zz?arch=amd64&distro=debian-12',
    'pkg:deb/debian/libssl3@1?arch=amd64&distro=debian-12',
  ])('%s is no key of a lock', (key) => {
    expect(problemsOf(withEntry(key))).toEqual([
      expect.stringContaining('is no package URL of a lock; write it like pkg:deb/debian/openssl?'),
    ]);
  });

  it.each([
    'pkg:deb/debian/g%2B%2B-12?arch=amd64&distro=debian-12',
    'pkg:apk/alpine/busybox?arch=x86_64&distro=alpine-3.20',
  ])('%s is a key of a lock', (key) => {
    expect(problemsOf(withEntry(key))).toEqual([]);
  });

  it.each([
    ['FREQ=DAILY;INTERVAL=2', undefined],
    ['FREQ=MONTHLY;BYDAY=-1SU,+2TU;BYSETPOS=1;WKST=MO', undefined],
    ['FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=-1', undefined],
    ['BYDAY=MO', 'needs FREQ'],
    ['FREQ=HOURLY', 'which cannot be'],
    ['FREQ=DAILY;DTSTART=20240101', 'known are FREQ'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ twice'],
    ['FREQ=MONTHLY;BYDAY=6TU', 'which cannot be'],
    ['FREQ=DAILY;toString=1', 'known are FREQ'],
    ['FREQ=DAILY;COUNT=1000000000', 'known are FREQ'],
    ['FREQ=WEEKLY;BYDAY=2TU', 'only FREQ=MONTHLY'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'warning: the window "patch-tuesday" never opens'],
  ])('recurrence %s', (recurrence, fault) => {
    const problems = problemsOf({
      'calendars/nights.json': (d: Any) => {
        d.windows[0].recurrence = recurrence;
      },
    });
    expect(problems).toEqual(
      fault ? [expect.stringMatching(new RegExp(`^calendars/nights.json:9:21: .*${fault}`))] : [],
    );
  });

  it('warns of rules of rings that have nothing to bear on', () => {
    const problems = problemsOf({
      'baselines/servers.json': (d: Any) => {
        d.rings = [{ ...d.rings[0], untested: 'hold' }];
        d.expedited = { withinDays: 2 };
      },
      [LOCK]: null,
    });
    expect(problems).toEqual([
      expect.stringMatching(/^baselines\/servers\.json:\d+:\d+: warning: .*where everything is tried/),
      expect.stringMatching(/^baselines\/servers\.json:\d+:\d+: warning: with one ring/),
    ]);
  });

  it('does not repeat what follows from a broken document', () => {
    const problems = problemsOf({
      'roles.json': '{',
      'baselines/servers.json': '[]',
      'calendars/nights.json': '',
    });
    expect(problems.map((p) => p.split(':')[0])).toEqual([
      'baselines/servers.json',
      'calendars/nights.json',
      'roles.json',
    ]);
  });

  it('gives no documents as soon as one is wrong, but does for warnings', () => {
    expect(assemblePolicyRepository(policyTree({ 'pins.json': '{}' })).documents).toBeNull();
    const warned = assemblePolicyRepository(
      policyTree({
        'baselines/servers.json': (d: Any) => {
          d.rings.reverse();
        },
      }),
    );
    expect([warned.problems.length, warned.documents === null]).toEqual([1, false]);
  });

  it('never throws, whatever the files hold', () => {
    const paths = fc.constantFrom(
      ...policyTree().keys(),
      'baselines/a.json',
      'locks/a/b.lock.json',
      'baselines/__proto__.json',
      '__proto__',
      'locks',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.uint8Array(),
      fc.json({ maxDepth: 3 }),
      fc
        .constantFrom(...policyTree().values())
        .chain((text) => fc.nat(text.length).map((n) => text.slice(0, n) + text.slice(n + 1))),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(paths, texts), { maxLength: 4 }), (list) => {
        const files = new Map<string, string | Uint8Array>([...policyTree(), ...list]);
        const { documents, problems } = assemblePolicyRepository(files);
        expect(documents === null).toBe(problems.some((p) => p.severity === 'error'));
      }),
      { numRuns: 300 },
    );
  });
});

describe('policyDocumentsOf', () => {
  it('returns the documents', () => {
    expect(policyDocumentsOf(policyTree(), '/repo').baselines).toHaveLength(1);
  });

  it('says that a directory is no policy repository', () => {
    expect(() => policyDocumentsOf(new Map([['README.md', '']]), '/tmp/x')).toThrow(
      expect.objectContaining({
        code: 'not-a-repository',
        message: expect.stringMatching(/^\/tmp\/x is no policy repository/) as string,
      }) as Error,
    );
  });

  it('lists the first problems of bad documents', () => {
    const files = policyTree(
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`holds/h${i}.json`, '{'])),
    );
    expect(() => policyDocumentsOf(files, 'HEAD')).toThrow(
      expect.objectContaining({
        code: 'bad-document',
        message: expect.stringMatching(
          /^the policy repository at HEAD has 12 problems;[\s\S]*holds\/h0\.json:1:1: [\s\S]*… and 2 more$/,
        ) as string,
      }) as Error,
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../src/review/proposal-sections.ts';
import { expeditedStory, promoteStory, rollbackStory } from '../../src/review/proposal-story.ts';
import { renderBody, renderTitle } from '../../src/review/proposal-text.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';
import { changeOf, proposalFacts as facts, preview, urgent } from '../support/builders/proposal-facts.ts';
import { entry, generation, key, lock, proven } from '../support/builders/rings.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const aHold = {
  apiVersion: 'patchwarden/v1',
  kind: 'Hold',
  id: 'openssl-2-aa',
  stream: 'debian:12:amd64',
  package: 'openssl',
  version: '2',
  owner: 'team:ops',
  reason: 'x',
} as const;

describe('the text of a proposal', () => {
  it('says what, why now, how many hosts, by when, and what approvals bind to', () => {
    const body = renderBody(facts());
    expect(renderTitle(facts())).toBe('Patch servers/all: 1 package, 1 advisory, known exploited');
    for (const part of [
      'Generation 3',
      'First deadline: 2024-11-20, by rule `deadline/kev`',
      'Known exploited: `openssl`',
      '**Effect:** 12 of 40 hosts would be touched.',
      '| all | shop | prod | 11 |',
      '| hosts | 12 of 40 |',
      '`3.0.11-1` | `2`',
      digest,
      '**Closure:** unchecked',
      '+++ b/locks/servers/all.lock.json',
    ]) {
      expect(body).toContain(part);
    }
  });
  it('names what was left out and why, without letting it speak Markdown', () => {
    const body = renderBody(
      facts(['openssl'], { leftOut: [{ name: 'bad', version: '1', reason: 'needs <b>@ops</b> | #1' }] }),
    );
    expect(body).toContain('### Wanted, but left out');
    expect(body).toContain('`needs <b>@ops</b> ¦ #1`');
  });
  it('stays below what a forge takes, however large the change', () => {
    const body = renderBody(facts(Array.from({ length: 3000 }, (_, i) => `package-${i}`)));
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000);
    expect(body).toMatch(/… and 2\d00 more packages: the lock diff of the commit has them all/);
  });
  it('shows the exact change as a unified diff', () => {
    expect(
      unifiedDiff({ path: 'locks/a/b.lock.json', before: '{\n  "a": 1\n}\n', after: '{\n  "a": 2\n}\n' }),
    ).toBe(
      '--- a/locks/a/b.lock.json\n+++ b/locks/a/b.lock.json\n@@ -1,3 +1,3 @@\n {\n-  "a": 1\n+  "a": 2\n }\n',
    );
  });
});

describe('the text of each kind', () => {
  const of = generation(lock('all', 3, { openssl: entry('2') }), { ring: 'canary', merge: 'ab'.repeat(20) });
  it('promote names the generation, its proof and the merge whose lock is copied', () => {
    const story = promoteStory({ generation: of, evidence: proven(of, { patched: 3, others: 1 }) });
    const promote = facts(['openssl'], { kind: 'promote', scope: 'servers/prod', story });
    expect(renderTitle(promote)).toBe('Promote to servers/prod: 1 package, 1 advisory, known exploited');
    for (const part of [
      'Generation 3 of ring `canary` is proven: 3 hosts patched (1 other ended without it)',
      'recorded on 2024-10-20T10:00:00Z',
      'as merge `abababababab` brought them',
      of.digest,
    ])
      expect(renderBody(promote)).toContain(part);
  });

  it('rollback says what failed and why, and which holds come with it', () => {
    const story = rollbackStory([{ package: 'openssl', version: '2', reason: 'probe *http* failed' }]);
    const change = facts().changes[0];
    if (!change) throw new Error('no change');
    const [entry] = Object.values(change.lock.entries);
    const to = entry ? { ...entry, version: '1', downgradeFrom: '2' } : null;
    const diff = { ...change.diff, changed: [{ key: key('openssl'), from: entry ?? null, to }] };
    const back = facts([], { kind: 'rollback', holds: [aHold], story, changes: [{ ...change, diff }] });
    expect(renderTitle(back)).toMatch(/^Roll back servers\/all: 1 package/);
    expect(renderBody(back)).toContain('`openssl` `2`: `probe *http* failed`');
    expect(renderBody(back)).toContain('`holds/openssl-2-aa.json`');
    expect(renderBody(back)).toContain('| `openssl` | `2` | `1` | goes back |');
  });

  it('expedited says why all rings at once, under which conditions, and when it is looked at again', () => {
    const [change] = facts().changes;
    if (!change) throw new Error('no change');
    const changes = [change, { ...change, ring: 'prod', path: 'locks/servers/prod.lock.json' }];
    const now = facts(['openssl'], {
      kind: 'expedited',
      scope: 'servers',
      changes,
      story: expeditedStory(3, 15),
    });
    expect(renderTitle(now)).toBe('Patch all rings of servers now: 1 package, 1 advisory, known exploited');
    const body = renderBody(now);
    for (const part of [
      'Generation 3 of ring `all`, generation 3 of ring `prod` in the patch locks',
      'Due within 3 days',
      'two approvers of two teams',
      'a bake of 15 minutes',
      'A review of this change falls due 7 days after its merge.',
      '+++ b/locks/servers/prod.lock.json',
    ])
      expect(body).toContain(part);
    expect(body.match(/^\| `openssl` \|/gm)).toHaveLength(1);
  });

  it('marks what is untested', () => {
    const change = facts().changes[0];
    if (!change) throw new Error('no change');
    const changed = change.diff.changed.map((c) => ({ ...c, to: c.to && { ...c.to, untested: true } }));
    const body = renderBody(
      facts(['openssl'], { changes: [{ ...change, diff: { ...change.diff, changed } }] }),
    );
    expect(body).toContain('high, untested');
  });
});

describe('what a reviewer is told beside the change', () => {
  it('the worst findings, each fact with its source', () => {
    const body = renderBody(facts());
    expect(body).toContain(
      '| `CVE-2024-5535` | `openssl` | high | KEV catalogue, since 2024-10-10, due 2024-10-31 | 42.2 %, FIRST, model of 2024-10-23 | exploitation active, automatable yes, impact total (CISA-ADP) | 2024-11-20 | `deadline/kev` |',
    );
    const silent = { kev: null, epss: null, ssvc: null, due: null, rule: null };
    expect(renderBody(facts(['openssl'], { urgent: [urgent(silent)] }))).toContain('| high |  |  |  |  |  |');
  });

  it.each<[string, Partial<ReturnType<typeof preview>>, readonly string[]]>([
    [
      'windows',
      {},
      [
        '12 hosts in 3 waves (1, 4, 7), at most 2 at a time, a bake of 30 minutes after each; at least 102 minutes.',
        'counted from 2024-10-25T00:00:00Z: 2024-10-25T22:00:00Z to 2024-10-26T03:00:00Z.',
        'Finished on 2024-10-26T00:00:00Z at the earliest, in time for 2024-11-20.',
      ],
    ],
    ['a late end', { finish: '2024-12-01T00:00:00Z' }, ['**after the deadline** of 2024-11-20']],
    ['no calendar', { windows: null, budget: null }, ['No calendar binds', '(1, 4, 7), a bake']],
    ['no window', { windows: [], finish: null }, ['never opens long enough', '**It would not finish**']],
    ['no host', { waves: [] }, ['no host is behind']],
    [
      'one wave',
      { waves: [3], uncovered: 2, bakeMinutes: 0 },
      ['in one wave', 'exercise 2 classes of hosts'],
    ],
  ])('the rollout: %s', (_, over, words) => {
    const body = renderBody(facts(['openssl'], { rollout: [preview(over)] }));
    for (const word of words) expect(body).toContain(word);
  });

  it('names of hosts only where they may be disclosed', () => {
    const { effect } = facts();
    expect(renderBody(facts())).not.toContain('web-1');
    expect(renderBody(facts(['openssl'], { effect: { ...effect, names: ['web-1', 'web-2'] } }))).toContain(
      'Hosts: `web-1`, `web-2`.',
    );
  });

  it('what asks for a reboot, how large it is, and what is untested first', () => {
    const entries = {
      apache2: entry('2', { size: 999 }),
      libssl3: entry('2', { size: 1500 }),
      'linux-image-6.1': entry('2', { size: 70_000_000, untested: true, role: 'successor' }),
    };
    const body = renderBody(facts([], { changes: [changeOf(lock('all', 1, entries))] }));
    const rows = body.split('\n').filter((l) => /^\| `(?:apache2|lib|linux)/.test(l));
    expect(rows).toEqual([
      '| `linux-image-6.1` | – | `2` | security, untested |  |  |  | reboot | 70.0 MB |',
      '| `apache2` | – | `2` | unknown |  |  |  |  | 999 B |',
      '| `libssl3` | – | `2` | unknown |  |  |  | restart | 2 kB |',
    ]);
    expect(body).toContain('3, of them 1 untested');
    expect(body).toContain('each host tells for itself');
  });

  it('exceptions that it touches', () => {
    const touched = {
      id: 'e-1',
      owner: 'team:ops',
      ticket: 'T-1',
      validUntil: '2024-12-31',
      about: ['CVE-2024-5535'],
    };
    expect(renderBody(facts(['openssl'], { exceptions: [touched] }))).toContain(
      '| `e-1` | `CVE-2024-5535` | `team:ops` | `T-1` | 2024-12-31 |',
    );
  });

  it.each([
    [{ merge: 'auto' } as const, 'this ring merges by itself'],
    [{ merge: 'human' } as const, 'nobody approves a commit of their own'],
    [{ kind: 'expedited', merge: 'human' } as const, 'two people of two teams'],
  ])('how to say yes: %j', (over, words) => {
    const body = renderBody(facts(['openssl'], over));
    expect(body).toContain(words);
    expect(body).toContain('it returns only when the content changes');
  });

  it.each([
    [{}, 'known exploited'],
    [{ kev: false }, 'high'],
    [{ kev: false, severity: 'none' } as const, '1 advisory'],
  ])('the worst reason in the title: %j', (over, words) => {
    const wanted = [wantedPatch({ candidate: packageRow({ version: '2' }), kev: true, ...over })];
    expect(renderTitle(facts(['openssl'], { wanted }))).toMatch(new RegExp(`, ${words}$`));
  });
});

describe('size', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('x'.repeat(5000), '漢'.repeat(400), '😀`|'.repeat(300), '\u202e'.repeat(400)),
  );
  const many = fc.constantFrom(0, 1, 60, 400);
  it('whatever a list holds, a forge takes the text, and says what is missing', () => {
    fc.assert(
      fc.property(
        fc.record({ n: many, text: anyText, rings: fc.constantFrom(1, 3) }),
        ({ n, text, rings }) => {
          const list = Array.from({ length: n }, (_, i) => `${text}${i}`);
          const entries = Object.fromEntries(
            list.map((_, i) => [`p-${i}`, entry('2', { advisories: [text.slice(0, 50), 'x'] })]),
          );
          const base = facts();
          const huge = facts([], {
            changes: Array.from({ length: rings }, (_, i) => changeOf(lock(`r${i}`, 1, entries))),
            wanted: list.map((name) => wantedPatch({ name, approvedBy: name, kev: true })),
            leftOut: list.map((name) => ({ name, version: text, reason: text })),
            story: rollbackStory(list.map((reason) => ({ package: text, version: text, reason }))),
            holds: list.map((version) => ({ ...aHold, version })),
            urgent: list.map((advisory) => urgent({ advisory, name: text })),
            rollout: Array.from({ length: rings }, (_, i) =>
              preview({ ring: `r${i}`, waves: list.map(() => 1) }),
            ),
            exceptions: list.map((ticket) => ({
              id: 'e',
              owner: text,
              ticket,
              validUntil: text,
              about: list,
            })),
            effect: {
              ...base.effect,
              groups: list.map((unit) => ({ ring: text, unit, env: text, hosts: 1 })),
              names: list,
            },
          });
          const body = renderBody(huge);
          expect(body.length).toBeLessThanOrEqual(60_000);
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000);
          expect(body).toContain(digest);
          if (n === 400) expect(body).toMatch(/… and \d+ more packages: /);
          expect([...renderTitle(huge)].length).toBeLessThanOrEqual(200);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('the same facts give the same text', () => {
    expect(renderBody(facts(['a', 'b']))).toBe(renderBody(facts(['a', 'b'])));
  });
});

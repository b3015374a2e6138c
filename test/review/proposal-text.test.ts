import { describe, expect, it } from 'vitest';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { diffLocks } from '../../src/domain/content-digest.ts';
import type { ProposalFacts } from '../../src/review/proposal-facts.ts';
import { unifiedDiff } from '../../src/review/proposal-sections.ts';
import { expeditedStory, promoteStory, rollbackStory } from '../../src/review/proposal-story.ts';
import { renderBody, renderTitle } from '../../src/review/proposal-text.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';
import { generation, proven } from '../support/builders/rings.ts';

const key = (name: string) => `pkg:deb/debian/${name}?arch=amd64&distro=debian-12`;
const digest = `sha256:${'0'.repeat(64)}`;
const lockOf = (names: readonly string[], advisories = ['CVE-2024-5535']): PatchLock => ({
  apiVersion: 'patchwarden/v1',
  kind: 'PatchLock',
  id: 'all',
  baseline: 'servers',
  ring: 'all',
  generation: 3,
  closure: 'unchecked',
  removes: [],
  entries: Object.fromEntries(
    names.map((name) => [
      key(name),
      {
        version: '2',
        sha256: 'a'.repeat(64),
        size: 1,
        origin: 'o',
        role: 'upgrade' as const,
        advisories,
        firstSeen: '2024-10-01',
        approvedBy: 'security',
      },
    ]),
  ),
  resolvedFrom: { baseline: digest, fleet: digest, intel: digest, packages: digest, policy: digest },
});
const facts = (names = ['openssl'], over: Partial<ProposalFacts> = {}): ProposalFacts => {
  const lock = lockOf(names);
  return {
    kind: 'remediate',
    baseline: 'servers',
    scope: 'servers/all',
    changes: [
      {
        ring: 'all',
        path: 'locks/servers/all.lock.json',
        before: '',
        after: JSON.stringify(lock, null, 2),
        lock,
        diff: diffLocks('locks/servers/all.lock.json', null, lock, {}),
      },
    ],
    story: [],
    holds: [],
    contentDigest: digest,
    wanted: names.map((name) =>
      wantedPatch({ candidate: packageRow({ name, version: '2' }), kev: name === 'openssl' }),
    ),
    leftOut: [],
    hosts: [{ ring: 'all', assets: 3 }],
    ...over,
  };
};

describe('the text of a proposal', () => {
  it('says what, why now, how many hosts, by when, and what approvals bind to', () => {
    const body = renderBody(facts());
    expect(renderTitle(facts())).toBe('Patch servers/all: 1 package, 1 advisory, known exploited');
    for (const part of [
      'Generation 3',
      'First deadline: 2024-11-20',
      'Known exploited: `openssl`',
      '| all | 3 |',
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
    expect(body).not.toContain('<b>@ops');
  });
  it('stays below what a forge takes, however large the change', () => {
    const body = renderBody(facts(Array.from({ length: 3000 }, (_, i) => `package-${i}`)));
    expect(body.length).toBeLessThan(60_100);
    expect(body).toContain('and 2800 more');
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
  const of = generation(lockOf(['openssl']), { ring: 'canary', merge: 'ab'.repeat(20) });
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
    const hold = {
      apiVersion: 'patchwarden/v1',
      kind: 'Hold',
      id: 'openssl-2-aa',
      stream: 'debian:12:amd64',
      package: 'openssl',
      version: '2',
      owner: 'team:ops',
      reason: 'x',
    } as const;
    const story = rollbackStory([{ package: 'openssl', version: '2', reason: 'probe *http* failed' }]);
    const change = facts().changes[0];
    if (!change) throw new Error('no change');
    const [entry] = Object.values(change.lock.entries);
    const to = entry ? { ...entry, version: '1', downgradeFrom: '2' } : null;
    const diff = { ...change.diff, changed: [{ key: key('openssl'), from: entry ?? null, to }] };
    const back = facts([], { kind: 'rollback', holds: [hold], story, changes: [{ ...change, diff }] });
    expect(renderTitle(back)).toMatch(/^Roll back servers\/all: 1 package/);
    expect(renderBody(back)).toContain('`openssl` `2`: probe \\*http\\* failed');
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
    expect(body.match(/\| `openssl` \|/g)).toHaveLength(1);
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

import { describe, expect, it } from 'vitest';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { diffLocks } from '../../src/domain/content-digest.ts';
import { type ProposalFacts, renderBody, renderTitle, unifiedDiff } from '../../src/review/proposal-text.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';

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
    baseline: 'servers',
    ring: 'all',
    branch: 'patchwarden/remediate/servers/all',
    path: 'locks/servers/all.lock.json',
    before: '',
    after: JSON.stringify(lock, null, 2),
    lock,
    diff: diffLocks('locks/servers/all.lock.json', null, lock, {}),
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

import { describe, expect, it } from 'vitest';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import {
  type ContentFacts,
  contentDigest,
  diffLocks,
  earlierContentDigest,
} from '../../src/domain/content-digest.ts';

const zero = `sha256:${'0'.repeat(64)}`;
type Entry = PatchLock['entries'][string];
const entry = (over: Partial<Entry> = {}): Entry => ({
  version: '1',
  sha256: 'a'.repeat(64),
  size: 1,
  origin: 'o',
  role: 'upgrade',
  advisories: [],
  firstSeen: '2024-01-01',
  approvedBy: 'security',
  ...over,
});
const lock = (entries: Record<string, Entry>, over: Partial<PatchLock> = {}): PatchLock => ({
  apiVersion: 'patchwarden/v1',
  kind: 'PatchLock',
  id: 'all',
  baseline: 'b',
  ring: 'all',
  generation: 1,
  closure: 'checked',
  entries,
  removes: [],
  resolvedFrom: { baseline: zero, fleet: zero, intel: zero, packages: zero, policy: zero },
  ...over,
});
const facts = (
  before: PatchLock | null,
  after: PatchLock | null,
  over: Partial<ContentFacts> = {},
  selector: unknown = {},
): ContentFacts => ({
  repository: 'r',
  kind: 'remediate',
  scope: 'b/all',
  locks: [diffLocks('locks/b/all.lock.json', before, after, selector)],
  paths: [],
  ...over,
});
const base = contentDigest(facts(null, lock({ a: entry() })));

describe('the content digest', () => {
  it('does not change with what it was resolved from, the order of entries or unchanged entries', () => {
    const one = lock(
      { a: entry() },
      {
        resolvedFrom: {
          baseline: `sha256:${'1'.repeat(64)}`,
          fleet: zero,
          intel: zero,
          packages: zero,
          policy: zero,
        },
      },
    );
    expect(contentDigest(facts(null, one))).toBe(base);
    const before = lock({ z: entry() });
    expect(contentDigest(facts(before, lock({ z: entry(), a: entry() })))).toBe(
      contentDigest(facts(before, lock({ a: entry(), z: entry() }))),
    );
  });
  it.each<[string, ContentFacts]>([
    ['version', facts(null, lock({ a: entry({ version: '2' }) }))],
    ['bytes', facts(null, lock({ a: entry({ sha256: 'b'.repeat(64) }) }))],
    ['origin', facts(null, lock({ a: entry({ origin: 'x' }) }))],
    ['a further entry', facts(null, lock({ a: entry(), b: entry() }))],
    ['a downgrade', facts(null, lock({ a: entry({ downgradeFrom: '2' }) }))],
    ['a downgrade from several', facts(null, lock({ a: entry({ downgradeFrom: ['2', '3'] }) }))],
    ['a removal', facts(null, lock({ a: entry() }, { removes: ['x'] }))],
    ['the generation', facts(null, lock({ a: entry() }, { generation: 2 }))],
    ['the ring’s selector', facts(null, lock({ a: entry() }), {}, { all: [] })],
    ['the repository', facts(null, lock({ a: entry() }), { repository: 'other' })],
    ['the kind', facts(null, lock({ a: entry() }), { kind: 'rollback' })],
    ['the scope', facts(null, lock({ a: entry() }), { scope: 'b/x' })],
    ['another path', facts(null, lock({ a: entry() }), { paths: [{ path: 'README.md', blob: 'x' }] })],
    ['a deleted path', facts(null, lock({ a: entry() }), { paths: [{ path: 'README.md', blob: null }] })],
  ])('binds %s', (_what, other) => {
    expect(contentDigest(other)).not.toBe(base);
  });

  it('of drift does not change with the generation alone, and everything else is bound as before', () => {
    const drift = (generation: number, version = '1') =>
      facts(null, lock({ a: entry({ downgradeFrom: '2', version }) }, { generation }), { kind: 'drift' });
    expect(contentDigest(drift(5))).toBe(contentDigest(drift(6)));
    expect(contentDigest(drift(5))).not.toBe(contentDigest(drift(5, '1.1')));
    expect(earlierContentDigest(drift(5))).not.toBe(earlierContentDigest(drift(6)));
    expect(earlierContentDigest(drift(5))).not.toBe(contentDigest(drift(5)));
    expect(earlierContentDigest(facts(null, lock({ a: entry() })))).toBeNull();
  });
});

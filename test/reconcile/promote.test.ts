import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ringState } from '../../src/domain/generations.ts';
import { compareLocked, type LockEntry } from '../../src/domain/lock-entries.ts';
import { type PromoteInput, promoteLock } from '../../src/reconcile/promote.ts';
import { entry, generation, key, lock, proven, ringedBaseline } from '../support/builders/rings.ts';

type Entries = Readonly<Record<string, LockEntry>>;
const baseline = ringedBaseline();
const early = baseline.rings[1];
if (!early) throw new Error('no ring');
const at = { baseline: 'servers', ring: 'canary' };

/** What ring early gets after one proven generation of canary. */
const promote = (source: Entries, now: Entries | null, over: Partial<PromoteInput> = {}) => {
  const first = generation(lock('canary', 4, source));
  return promoteLock({
    baseline,
    ring: early,
    from: ringState(at, [first], [proven(first)]),
    previous: now ? lock('early', 2, now) : null,
    installed: new Map([['canary', new Set(Object.keys(lock('canary', 1, source).entries))]]),
    forbids: () => null,
    ...over,
  });
};
const versions = (p: ReturnType<typeof promote>) =>
  Object.fromEntries(Object.entries(p?.lock.entries ?? {}).map(([k, e]) => [k, e.version]));
const forbidsOpenssl2 = (k: string, version: string) =>
  k === key('openssl') && version === '2' ? 'the hold x names it' : null;

describe('promoteLock', () => {
  it('promote copies exactly the proven generation: entries, closure and what it was resolved from', () => {
    const source = { openssl: entry('2', { advisories: ['CVE-2024-1'] }), nginx: entry('1') };
    expect(promote(source, null)?.lock).toEqual({
      ...lock('canary', 4, source),
      id: 'early',
      ring: 'early',
      generation: 1,
    });
  });

  it('never the head of the earlier ring: a newer generation in flight is not copied', () => {
    const old = generation(lock('canary', 4, { openssl: entry('2') }));
    const head = generation(lock('canary', 5, { openssl: entry('3') }));
    const from = ringState(at, [old, head], [proven(old)]);
    const promoted = promote({}, null, { from });
    expect(versions(promoted)).toEqual({ [key('openssl')]: '2' });
    expect(promoted?.source).toBe(old);
  });

  it('nothing proven, nothing promoted', () => {
    const head = generation(lock('canary', 5, { openssl: entry('3') }));
    expect(promote({}, null, { from: ringState(at, [head], []) })).toBeNull();
  });

  it('nothing new, nothing promoted: the obsolete proposal goes', () => {
    expect(promote({ openssl: entry('2') }, { openssl: entry('2'), nginx: entry('1') })).toBeNull();
  });

  it('never lowers a newer entry, and keeps what only this ring has', () => {
    const next = promote(
      { openssl: entry('2'), nginx: entry('2') },
      { openssl: entry('3'), curl: entry('1') },
    );
    expect(versions(next)).toEqual({ [key('curl')]: '1', [key('nginx')]: '2', [key('openssl')]: '3' });
    expect(next?.lock.generation).toBe(3);
  });

  it('lowers a newer entry that is held', () => {
    const forbids = (_: string, version: string) => (version === '3' ? 'held' : null);
    expect(versions(promote({ openssl: entry('2') }, { openssl: entry('3') }, { forbids }))).toEqual({
      [key('openssl')]: '2',
    });
  });

  it('skips what is held or halted, with its reason, and keeps what the ring has of it', () => {
    const source = { openssl: entry('2'), nginx: entry('2') };
    const next = promote(source, { openssl: entry('1') }, { forbids: forbidsOpenssl2 });
    expect(versions(next)).toEqual({ [key('nginx')]: '2', [key('openssl')]: '1' });
    expect(next?.leftOut).toEqual([{ name: 'openssl', version: '2', reason: 'the hold x names it' }]);
  });

  it('only a rollback of this ring writes downgradeFrom: it is not copied', () => {
    const next = promote({ openssl: entry('2', { downgradeFrom: '3' }) }, null);
    expect(next?.lock.entries[key('openssl')]).not.toHaveProperty('downgradeFrom');
  });

  it('what has left the lock of the ring in front since does not come, what the ring has of it stays', () => {
    const was = generation(lock('canary', 1, { openssl: entry('2'), gone: entry('2') }));
    const now = generation(lock('canary', 2, { openssl: entry('2') }), { kind: 'housekeeping' });
    const from = ringState({ baseline: 'servers', ring: 'canary' }, [was, now], [proven(was)]);
    expect(versions(promote({}, null, { from }))).toEqual({ [key('openssl')]: '2' });
    expect(versions(promote({}, { gone: entry('1') }, { from }))).toEqual({
      [key('gone')]: '2',
      [key('openssl')]: '2',
    });
  });

  it('untested is judged for this ring, not copied', () => {
    const next = promote({ openssl: entry('2', { untested: true }) }, null);
    expect(next?.lock.entries[key('openssl')]).not.toHaveProperty('untested');
    const none = promote({ openssl: entry('2') }, null, { installed: new Map() });
    expect(none?.lock.entries[key('openssl')]?.untested).toBe(true);
  });

  it('whatever both rings have: entries rise or stay, come from one of them, and a second promotion is none', () => {
    const entries = fc.dictionary(
      fc.constantFrom('openssl', 'nginx', 'curl'),
      fc.integer({ min: 1, max: 5 }).map((n) => entry(String(n))),
    );
    const held = fc.subarray(['1', '2', '3', '4', '5'], { maxLength: 2 });
    fc.assert(
      fc.property(entries, entries, held, (source, now, bad) => {
        const forbids = (_: string, version: string) => (bad.includes(version) ? 'bad' : null);
        const next = promote(source, now, { forbids });
        if (!next) return;
        const before = lock('early', 2, now).entries;
        for (const [k, e] of Object.entries(next.lock.entries)) {
          const was = before[k]?.version;
          expect([was, lock('canary', 4, source).entries[k]?.version]).toContain(e.version);
          if (e.version !== was) expect(bad).not.toContain(e.version);
          if (was !== undefined && !bad.includes(was))
            expect(compareLocked(k, e.version, was)).toBeGreaterThanOrEqual(0);
        }
        expect(Object.keys(next.lock.entries)).toEqual(expect.arrayContaining(Object.keys(before)));
        expect(promote(source, {}, { forbids, previous: next.lock })).toBeNull();
      }),
    );
  });
});

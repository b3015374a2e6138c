import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { buildLock } from '../../src/reconcile/build-lock.ts';
import { buildEntries } from '../../src/reconcile/lock-entries.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';

const compare = (a: string, b: string) => Number(a) - Number(b);
const digest = `sha256:${'0'.repeat(64)}`;
const resolvedFrom = { baseline: digest, fleet: digest, intel: digest, packages: digest, policy: digest };
type Entry = PatchLock['entries'][string];
const entry = (version: string, over: Partial<Entry> = {}): Entry => ({
  version,
  sha256: 'a'.repeat(64),
  size: 1,
  origin: 'debian:bookworm/main',
  role: 'upgrade',
  advisories: [],
  firstSeen: '2024-01-01',
  approvedBy: 'security',
  ...over,
});
const lock = (previous: PatchLock | null, wanted: Record<string, Entry>) =>
  buildLock(
    {
      baseline: 'servers',
      ring: 'all',
      previous,
      wanted: new Map(Object.entries(wanted)),
      closure: 'checked',
      resolvedFrom,
    },
    compare,
  );

describe('buildLock', () => {
  it('starts at generation 1', () => {
    expect(lock(null, { a: entry('1') })).toMatchObject({
      generation: 1,
      id: 'all',
      entries: { a: { version: '1' } },
    });
  });
  it('is null when nothing new is wanted', () => {
    const first = lock(null, { a: entry('2') });
    expect(lock(first, { a: entry('2', { advisories: ['CVE-2024-1'] }) })).toBeNull();
    expect(lock(first, {})).toBeNull();
  });
  it('never lowers an entry', () => {
    expect(lock(lock(null, { a: entry('5') }), { a: entry('4') })).toBeNull();
  });
  it('keeps entries that only hosts yet to come back may need', () => {
    const next = lock(lock(null, { a: entry('1') }), { b: entry('1') });
    expect(next).toMatchObject({ generation: 2, entries: { a: { version: '1' }, b: { version: '1' } } });
  });
  it('turns a dependency that is wanted for itself into an upgrade', () => {
    const first = lock(null, { a: entry('1', { role: 'dependency' }) });
    expect(lock(first, { a: entry('1') })?.entries.a?.role).toBe('upgrade');
  });
  it('only ever rises, whatever is wanted in whatever order', () => {
    const wants = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.integer({ min: 1, max: 9 }).map((n) => entry(String(n))),
    );
    fc.assert(
      fc.property(fc.array(wants, { maxLength: 6 }), (rounds) => {
        let now: PatchLock | null = null;
        for (const wanted of rounds) {
          const next = lock(now, wanted);
          for (const [key, before] of Object.entries(now?.entries ?? {})) {
            const after = (next ?? now)?.entries[key];
            expect(compare(after?.version ?? '0', before.version)).toBeGreaterThanOrEqual(0);
          }
          if (next) expect(next.generation).toBe((now?.generation ?? 0) + 1);
          now = next ?? now;
          expect(lock(now, wanted)).toBeNull();
        }
      }),
    );
  });
});

describe('buildEntries', () => {
  it('locks the newest of several sets and joins the advisories of that version', () => {
    const one = packageRow({ name: 'app', version: '1' });
    const two = packageRow({ name: 'app', version: '2' });
    const entries = buildEntries(
      [
        { row: one, wanted: wantedPatch({ candidate: one, advisories: ['CVE-1'] }), neededBy: [] },
        { row: two, wanted: wantedPatch({ candidate: two, advisories: ['CVE-3'] }), neededBy: [] },
        { row: two, wanted: wantedPatch({ candidate: two, advisories: ['CVE-2'] }), neededBy: [] },
      ],
      () => '2024-10-01',
      compare,
    );
    expect([...entries.values()]).toMatchObject([
      { version: '2', advisories: ['CVE-2', 'CVE-3'], role: 'upgrade' },
    ]);
    expect([...entries.keys()]).toEqual(['pkg:deb/debian/app?arch=amd64&distro=debian-12']);
  });
  it('names what a dependency came with', () => {
    const row = packageRow({ name: 'lib', version: '1' });
    const entries = buildEntries(
      [{ row, wanted: null, neededBy: ['web', 'app'] }],
      () => '2024-10-01',
      compare,
    );
    expect([...entries.values()][0]).toMatchObject({ role: 'dependency', approvedBy: 'dependency-of:app' });
  });
});

import { describe, expect, it } from 'vitest';
import { ringState } from '../../src/domain/generations.ts';
import { holdIdOf } from '../../src/domain/hold-id.ts';
import type { LockEntry } from '../../src/domain/lock-entries.ts';
import { type Bad, rollbackLock } from '../../src/reconcile/rollback.ts';
import { entry, generation, key, lock, STREAM } from '../support/builders/rings.ts';

type Entries = Readonly<Record<string, LockEntry>>;
const at = { baseline: 'servers', ring: 'canary' };
const openssl = (version: string, over: Partial<LockEntry> = {}) =>
  entry(version, { sourcePackage: 'openssl', sourceVersion: version, ...over });
const bad = (name: string, version: string, needsHold = true): Bad => ({
  stream: STREAM,
  package: name,
  version,
  reason: 'probe failed',
  needsHold,
});
const rollback = (now: Entries, before: readonly Entries[], what: readonly Bad[]) =>
  rollbackLock({
    baseline: { owner: 'team:ops' },
    bad: what,
    state: ringState(
      at,
      [...before, now].map((e, i) => generation(lock('canary', i + 1, e))),
      [],
    ),
  });

describe('rollbackLock', () => {
  it('nothing failed, nothing goes back', () => {
    expect(rollback({ nginx: entry('2') }, [{ nginx: entry('1') }], [bad('nginx', '3')])).toBeNull();
    expect(
      rollbackLock({ baseline: { owner: 'team:ops' }, bad: [], state: ringState(at, [], []) }),
    ).toBeNull();
  });

  it('reverts only the failed entries and their closure; entries of other packages stay', () => {
    const now = {
      openssl: openssl('3'),
      libssl3: openssl('3'),
      libnew: entry('1', { role: 'dependency', approvedBy: 'dependency-of:openssl' }),
      nginx: entry('2'),
    };
    const before = { openssl: openssl('2'), libssl3: openssl('2'), nginx: entry('1') };
    const back = rollback(now, [before], [bad('openssl', '3')]);
    expect(back?.failed).toEqual([key('openssl')]);
    expect(back?.lock.generation).toBe(3);
    expect(back?.lock.entries).toEqual({
      [key('openssl')]: openssl('2', { downgradeFrom: '3' }),
      [key('libssl3')]: openssl('2', { downgradeFrom: '3' }),
      [key('nginx')]: entry('2'),
    });
  });

  it('adds a hold for what failed, with an id that is always the same, and none for what belongs to it', () => {
    const now = { openssl: openssl('3'), libssl3: openssl('3') };
    const back = rollback(now, [{ openssl: openssl('2'), libssl3: openssl('2') }], [bad('openssl', '3')]);
    expect(back?.holds).toEqual([
      {
        apiVersion: 'patchwarden/v1',
        kind: 'Hold',
        id: holdIdOf({ stream: STREAM, package: 'openssl', version: '3' }),
        stream: STREAM,
        package: 'openssl',
        version: '3',
        owner: 'team:ops',
        reason: 'probe failed',
      },
    ]);
  });

  it('a version that a hold names already goes back without another hold', () => {
    const back = rollback({ nginx: entry('2') }, [{ nginx: entry('1') }], [bad('nginx', '2', false)]);
    expect(back?.holds).toEqual([]);
    expect(back?.lock.entries[key('nginx')]?.downgradeFrom).toBe('2');
  });

  it('the version before is that of the newest earlier generation that was good', () => {
    const steps = [{ nginx: entry('1') }, { nginx: entry('2') }, { nginx: entry('3') }];
    const back = rollback({ nginx: entry('3') }, steps, [bad('nginx', '3'), bad('nginx', '2')]);
    expect(back?.lock.entries[key('nginx')]).toMatchObject({ version: '1', downgradeFrom: '3' });
  });

  it('without an earlier generation it is the newest predecessor whose file is kept', () => {
    const predecessors = ['1', '10', '9'].map((version) => ({ version, sha256: version.repeat(8), size: 7 }));
    const now = { nginx: entry('11', { predecessors, advisories: ['CVE-2024-1'], source: 'debian' }) };
    const back = rollback(now, [], [bad('nginx', '11')]);
    expect(back?.lock.entries[key('nginx')]).toEqual(
      entry('10', { sha256: '10'.repeat(8), size: 7, approvedBy: 'rollback', downgradeFrom: '11' }),
    );
  });

  it('what hosts never had before leaves the lock', () => {
    expect(rollback({ nginx: entry('1'), curl: entry('1') }, [], [bad('nginx', '1')])?.lock.entries).toEqual({
      [key('curl')]: entry('1'),
    });
  });
});

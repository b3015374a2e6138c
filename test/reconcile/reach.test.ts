import { describe, expect, it } from 'vitest';
import type { LockEntries } from '../../src/domain/lock-entries.ts';
import { type InstalledVersion, type ReachHost, reachedBy } from '../../src/reconcile/reach.ts';
import { touchedExceptions } from '../../src/reconcile/touched-exceptions.ts';
import { changeOf } from '../support/builders/proposal-facts.ts';
import { entry, lock, ringedBaseline, STREAM } from '../support/builders/rings.ts';
import { anException } from '../support/fleet-world.ts';

const host = (asset: string, over: Partial<ReachHost> = {}): ReachHost => ({
  ...{ asset, ring: 'canary', stream: STREAM, set: 1 },
  ...over,
});
const installed = (version: string, over: Partial<InstalledVersion> = {}): InstalledVersion => ({
  ...{ set: 1, name: 'openssl', arch: 'amd64', version },
  ...over,
});
const change = (entries: LockEntries, ring = 'canary') => changeOf(lock(ring, 1, entries));

describe('the hosts that a lock change touches', () => {
  it.each<[string, readonly InstalledVersion[], LockEntries[string], boolean]>([
    ['an older version', [installed('1')], entry('2'), true],
    ['the same version', [installed('2')], entry('2'), false],
    ['a newer one', [installed('3')], entry('2'), false],
    ['the version to go back from', [installed('3')], entry('2', { downgradeFrom: '3' }), true],
    ['another than that to go back from', [installed('4')], entry('2', { downgradeFrom: '3' }), false],
    ['nothing', [installed('1', { name: 'other' })], entry('2'), false],
    ['it for another architecture', [installed('1', { arch: 'i386' })], entry('2'), false],
    ['several, all older', [installed('1'), installed('1.5')], entry('2'), true],
    ['several, the newest current', [installed('1'), installed('2')], entry('2'), false],
  ])('has %s', (_, versions, to, touched) => {
    const reached = reachedBy([host('a')], versions, change({ openssl: to }));
    expect(reached.map((r) => r.host.asset)).toEqual(touched ? ['a'] : []);
  });

  it('of its own ring and component sets only, with the untested entries that they get', () => {
    const hosts = [host('a'), host('b', { ring: 'prod' }), host('c', { set: 2 }), host('d')];
    const versions = [installed('1'), installed('1', { name: 'curl' }), installed('2', { set: 2 })];
    const changed = change({ openssl: entry('2'), curl: entry('2', { untested: true }) });
    expect(reachedBy(hosts, versions, changed)).toEqual(
      ['a', 'd'].map((asset) => ({
        host: host(asset),
        untested: ['pkg:deb/debian/curl?arch=amd64&distro=debian-12'],
      })),
    );
  });

  it('is not moved by what leaves the lock', () => {
    const gone = changeOf(lock('canary', 2, {}), lock('canary', 1, { openssl: entry('2') }));
    expect(reachedBy([host('a')], [installed('1')], gone)).toEqual([]);
  });
});

describe('exceptions that a change touches', () => {
  const baseline = ringedBaseline({ select: { all: [{ label: 'role', in: ['web'] }] } });
  const changes = [
    change({ libssl3: entry('2', { advisories: ['ADV-1', 'ADV-2'], sourcePackage: 'openssl' }) }),
  ];
  it.each<[string, Parameters<typeof anException>[1], readonly string[] | null]>([
    ['the advisory', { match: { advisories: ['ADV-2', 'ADV-9', 'ADV-1'] } }, ['ADV-1', 'ADV-2']],
    ['another advisory', { match: { advisories: ['ADV-9'] } }, null],
    ['the source package', { match: { component: { name: 'openssl' } } }, ['openssl']],
    ['the binary package', { match: { component: { name: 'libssl3' } } }, null],
    ['only one of two', { match: { advisories: ['ADV-1'], component: { name: 'x' } } }, null],
    ['days that are over', { validUntil: '2024-10-23' }, null],
    ['days to come', { validFrom: '2024-10-25' }, null],
    ['hosts of the baseline', { select: { all: [{ label: 'role', in: ['web', 'db'] }] } }, ['ADV-1']],
    ['other hosts', { select: { all: [{ label: 'role', in: ['db'] }] } }, null],
  ])('name %s', (_, over, about) => {
    const touched = touchedExceptions([anException('e', over)], baseline, changes, '2024-10-24');
    expect(touched.map((t) => t.about)).toEqual(about === null ? [] : [about]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackageSourceConfig } from '../../src/contracts/generated/config.ts';
import { predecessorOf } from '../../src/domain/predecessor.ts';
import { parseReleaseIndex, releaseProblem } from '../../src/domain/release-index.ts';
import { parseRepomd } from '../../src/domain/repomd.ts';
import { hostFetchUrl, repositoryUrl } from '../../src/domain/repository-url.ts';
import { rpmOrigin, rpmOrigins } from '../../src/domain/rpm-origin.ts';

describe('repositoryUrl', () => {
  it.each([
    ['pool/a_1%3a2+b~1.deb', 'https://h/debian/pool/a_1%253a2%2Bb~1.deb'],
    ['./a.deb', 'https://h/debian/a.deb'],
    ['a b?c#d.rpm', 'https://h/debian/a%20b%3Fc%23d.rpm'],
  ])('of %s is %s', (path, url) => expect(repositoryUrl('https://h/debian/', path)).toBe(url));
  it.each(['', '/a', '../a', 'a/../b', 'a//b', 'file:/etc/passwd', 'http://x/a', 'a\\b', 'a\u0000b', 'a/.'])(
    'has none for %j',
    (path) => expect(repositoryUrl('https://h/debian', path)).toBeUndefined(),
  );
  it('never leaves the repository', () => {
    const piece = fc.constantFrom('..', '.', '/', 'a', '%2e', '\\', 'http:', '?', '#', '@', ':', '\t', '%2f');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = repositoryUrl('http://h/base', pieces.join(''));
        if (url !== undefined) expect(new URL(url).href.startsWith('http://h/base/')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hostFetchUrl', () => {
  const apt: PackageSourceConfig = { id: 'a', kind: 'apt-url', url: 'http://h/d', suite: 's' };
  const rpm: PackageSourceConfig = {
    id: 'r',
    kind: 'rpm-url',
    baseurl: 'http://h/r/',
    stream: 'almalinux:9:x86_64',
  };
  it('is below the repository, and null where there is none', () => {
    expect(hostFetchUrl(apt, { filename: 'pool/a.deb' })).toBe('http://h/d/pool/a.deb');
    expect(hostFetchUrl(rpm, { filename: 'Packages/a.rpm' })).toBe('http://h/r/Packages/a.rpm');
    expect(hostFetchUrl(rpm, { filename: '../a.rpm' })).toBeNull();
    expect(hostFetchUrl(rpm, {})).toBeNull();
    expect(hostFetchUrl({ id: 'l', kind: 'apt-lists', path: '/' }, { filename: 'a' })).toBeNull();
  });
});

describe('rpmOrigin', () => {
  it.each([
    ['almalinux', 'BaseOS', undefined, 'almalinux:baseos'],
    ['rhel', 'rhel-9-for-x86_64-baseos-rpms', undefined, 'rhel:rhel-9-for-x86_64-baseos-rpms'],
    ['rocky', 'copr:x/y', undefined, 'rocky:copr-x-y'],
    ['almalinux', 'appstream', { name: 'nodejs', stream: '18' }, 'almalinux:appstream/nodejs/18'],
    ['almalinux', '', undefined, 'almalinux:unknown'],
  ])('of %s %s %j', (distro, repo, module, origin) => {
    expect(rpmOrigin(distro, repo, module)).toBe(origin);
    expect(origin).toMatch(/^[a-z0-9][a-z0-9._-]*:[A-Za-z0-9._/-]+$/);
  });
  it('of a host are its repositories, each with each module stream', () =>
    expect(rpmOrigins('rocky', ['a', 'b'], [{ name: 'm', stream: '1' }])).toEqual([
      'rocky:a',
      'rocky:a/m/1',
      'rocky:b',
      'rocky:b/m/1',
    ]));
});

describe('releaseProblem', () => {
  const release = (fields: string) => parseReleaseIndex(`Suite: stable\nCodename: bookworm\n${fields}\n`);
  const now = Date.parse('2024-10-24T00:00:00Z');
  const date = 'Date: Wed, 23 Oct 2024 00:00:00 UTC';
  it.each([
    [date, 'bookworm', null],
    [date, 'stable', null],
    [date, './', null],
    [date, 'sid', /not of sid/],
    ['', 'stable', /no Date/],
    ['Date: Wed, 23 Oct 2024 00:00:00', 'stable', /no Date/],
    [`${date}\nValid-Until: soon`, 'stable', /is no date/],
    [`${date}\nValid-Until: Thu, 24 Oct 2024 00:00:00 UTC`, 'stable', null],
  ])('of %j for %s: %s', (fields, suite, expected) => {
    const problem = releaseProblem(release(fields), { suite, now, remembered: null });
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatch(expected);
  });
  it('knows the names that the security archive once had', () => {
    const old = parseReleaseIndex(`Codename: buster/updates\n${date}\n`);
    expect(releaseProblem(old, { suite: 'buster/updates', now, remembered: null })).toBeNull();
  });
  it('reads only well-formed SHA-256 lines', () => {
    const sha = 'A'.repeat(64);
    const { files } = release(`SHA256:\n ${sha} 5 main/a\n ${sha} x main/b\n abc 5 main/c\n`);
    expect([...files]).toEqual([['main/a', { sha256: 'a'.repeat(64), size: 5 }]]);
  });
});

describe('parseRepomd', () => {
  it('takes the newest time and only files with a SHA-256 and a size', () => {
    const file = (type: string, sum: string, size: string, time: string) =>
      `<data type="${type}"><checksum type="${sum}">${'a'.repeat(64)}</checksum><location href="r/${type}"/><timestamp>${time}</timestamp><size>${size}</size></data>`;
    const repomd = parseRepomd(
      `<repomd>${file('primary', 'sha256', '5', '100.5')}${file('other', 'sha1', '5', '99')}${file('x', 'sha256', '', 'z')}</repomd>`,
    );
    expect(repomd).toEqual({
      files: new Map([['primary', { href: 'r/primary', sha256: 'a'.repeat(64), size: 5 }]]),
      date: 100_500,
    });
    expect(parseRepomd('<repomd/>')).toEqual({ files: new Map(), date: null });
    expect(parseRepomd('<other/>')).toBeUndefined();
  });
});

describe('predecessorOf', () => {
  const one = { version: '1', sha256: 'a'.repeat(64), size: 1 };
  it('is the file of exactly that version', () => {
    expect(predecessorOf({ predecessors: [one] }, '1')).toBe(one);
    expect(predecessorOf({ predecessors: [one] }, '2')).toBeUndefined();
    expect(predecessorOf({}, '1')).toBeUndefined();
  });
});

import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import type { CheckReport } from '../../src/contracts/generated/check-report.ts';
import { sharedDir } from '../support/temp-dir.ts';

const root = sharedDir();
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stanza = (name: string, version: string, source = ''): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n${source}\n`;
const osv = (id: string, name: string, fixed: string, vector: string): string =>
  JSON.stringify({
    id,
    modified: '2024-01-01T00:00:00Z',
    severity: vector === '' ? [] : [{ type: 'CVSS_V3', score: vector }],
    affected: [
      {
        package: { ecosystem: 'Debian:12', name },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
      },
    ],
  });
const offered = (version: string): string =>
  `Package: libc6\nSource: glibc\nVersion: ${version}\nArchitecture: amd64\nFilename: x.deb\nSize: 1\nSHA256: ${'ab'.repeat(32)}\n`;

beforeAll(() => {
  put('host/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  put(
    'host/var/lib/dpkg/status',
    stanza('libc6', '2.36-9+deb12u1', 'Source: glibc\n') + stanza('bash', '5.2.15-2'),
  );
  put('host/etc/apt/sources.list', 'deb http://deb.example.org/debian bookworm main\n');
  put(
    'host/var/lib/apt/lists/deb.example.org_debian_dists_bookworm_InRelease',
    'Origin: Debian\nSuite: stable\nCodename: bookworm\n',
  );
  put(
    'host/var/lib/apt/lists/deb.example.org_debian_dists_bookworm_main_binary-amd64_Packages',
    offered('2.36-9+deb12u4'),
  );
  put('host/var/lib/apt/lists/left.over_dists_bookworm_InRelease', 'Origin: Old\nCodename: bookworm\n');
  put('host/var/lib/apt/lists/left.over_dists_bookworm_main_binary-amd64_Packages', offered('9'));
  put(
    'intel/CVE-2023-4911.json',
    osv('CVE-2023-4911', 'glibc', '2.36-9+deb12u3', 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H'),
  );
  put('intel/CVE-2024-1.json', osv('CVE-2024-1', 'bash', '5.2.15-3', ''));
  put(
    'kev/kev.json',
    '{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2023-4911","dateAdded":"2023-11-21"}]}',
  );
  put(
    'repo/dists/bookworm-security/Release',
    'Origin: Debian\nLabel: Debian-Security\nCodename: bookworm-security\n',
  );
  put('repo/dists/bookworm-security/main/binary-amd64/Packages', offered('2.36-9+deb12u9'));
  put('list.txt', 'bash 5.2.15-2\nbase-files 12.4+deb12u5\n');
});

async function check(...args: string[]) {
  const [out, log]: [string[], string[]] = [[], []];
  const keep = (message: string): void => void log.push(message);
  const code = await runCli(['check', ...args], {
    cwd: root,
    env: {},
    out: (text) => out.push(text),
    err: keep,
    isTty: false,
    wire: { ...createWire(), log: { info: keep, warn: keep } },
  });
  return { code, text: out.join(''), log: log.join('\n') };
}
const json = async (...args: string[]) => {
  const { text, ...rest } = await check(...args, '--format', 'json');
  return { ...rest, text, report: JSON.parse(text) as CheckReport };
};

describe('patchwarden check', () => {
  it('finds what a root directory misses, with its own lists, the same bytes twice', async () => {
    const args = ['host', '--intel', 'intel', '--intel', 'kev'];
    const first = await json(...args);
    expect(first.code).toBe(0);
    expect(first.report).toMatchObject({ stream: 'debian:12:amd64', components: 2 });
    expect(first.report.findings).toMatchObject([
      {
        kind: 'update',
        component: { name: 'libc6' },
        fixedIn: '2.36-9+deb12u4',
        severity: 'none',
        sources: ['apt:debian:bookworm/main'],
      },
      {
        advisory: 'CVE-2023-4911',
        fixedIn: '2.36-9+deb12u3',
        severity: 'high',
        kev: true,
        status: 'missing',
        candidate: { version: '2.36-9+deb12u4' },
      },
      {
        advisory: 'CVE-2024-1',
        component: { name: 'bash' },
        severity: 'unknown',
        kev: false,
        status: 'missing',
      },
    ]);
    expect((await json(...args)).text).toBe(first.text);
  });

  it('--fail-on counts what is severe enough and says what it ignored', async () => {
    const high = await check('host', '--intel', 'intel', '--fail-on', 'high');
    expect(high.code).toBe(1);
    expect(high.log).toContain('--fail-on high: 1 findings at or above, 1 of unknown severity ignored');
    expect((await check('host', '--intel', 'intel', '--fail-on', 'critical')).code).toBe(0);
  });

  it('--packages is the repository that counts', async () => {
    const { report } = await json('host', '--packages', 'repo');
    expect(report.findings).toMatchObject([
      {
        kind: 'update',
        fixedIn: '2.36-9+deb12u9',
        severity: 'unknown',
        sources: ['apt:debian:bookworm-security/main'],
      },
    ]);
  });

  it('without --intel finds updates only, and says so', async () => {
    const { report, log } = await json('host');
    expect(report.findings.map((f) => f.kind)).toEqual(['update']);
    expect(log).toContain('no intelligence: only updates can be found');
  });

  it('a list without source packages is unknown, not clean', async () => {
    const { report, code } = await json('list.txt', '--intel', 'intel');
    expect(code).toBe(0);
    expect(report).toMatchObject({
      components: 2,
      unknown: 'no-source',
      findings: [{ status: 'unknown', reason: 'no-source' }],
    });
    expect((await check('list.txt', '--intel', 'intel', '--fail-on', 'critical')).code).toBe(1);
    expect((await check('list.txt', '--intel', 'intel')).text).toContain('NOT JUDGED (no-source)');
  });

  it('takes the stream that is given', async () => {
    put('odd.status', stanza('libc6', '2.36-9+deb12u1', 'Source: glibc\n'));
    expect((await json('odd.status', '--intel', 'intel')).report).toMatchObject({
      stream: null,
      unknown: 'no-stream',
    });
    const { report } = await json('odd.status', '--intel', 'intel', '--stream', 'debian:12:amd64');
    expect(report.findings).toMatchObject([{ advisory: 'CVE-2023-4911' }]);
    expect((await json('odd.status', '--intel', 'intel', '--stream', 'debian:99:amd64')).report.unknown).toBe(
      'no-advisories',
    );
  });

  it('follows a link to the file', async () => {
    symlinkSync(join(root, 'list.txt'), join(root, 'linked'));
    expect((await json('linked')).report.components).toBe(2);
  });

  it('says what is wrong, with the right exit code', async () => {
    put('broken/var/lib/dpkg/status', '');
    put('nothing/readme', '');
    put('badintel/x.json', '{"id":');
    const outcome = async (...args: string[]) => {
      const { code, text, log } = await check(...args);
      expect(text).toBe('');
      return [code, log];
    };
    expect(await outcome('nowhere')).toEqual([
      3,
      expect.stringContaining('there is no such file or directory'),
    ]);
    expect(await outcome('broken')).toEqual([3, expect.stringContaining('no installed package can be read')]);
    expect(await outcome('nothing')).toEqual([3, expect.stringContaining('neither var/lib/dpkg/status')]);
    expect(await outcome('host', '--intel', 'nothing')).toEqual([
      3,
      expect.stringContaining('no record of intelligence'),
    ]);
    expect(await outcome('host', '--intel', 'badintel')).toEqual([
      3,
      expect.stringContaining('badintel/x.json is no JSON'),
    ]);
    expect(await outcome('host', '--packages', 'nothing')).toEqual([
      3,
      expect.stringContaining('no apt repository'),
    ]);
    expect(await outcome('host', '--stream', 'debian')).toEqual([2, expect.stringContaining('is no stream')]);
    expect(await outcome('host', '--fail-on', 'all')).toEqual([2, expect.any(String)]);
    expect(await outcome()).toEqual([2, expect.any(String)]);
  });

  it('shows what it has when a part could not be read, and fails', async () => {
    put('mixed/good.json', osv('CVE-2024-1', 'bash', '5.2.15-3', ''));
    put('mixed/bad.json', '{');
    const { code, report, log } = await json('host', '--intel', 'mixed', '--fail-on', 'low');
    expect(code).toBe(3);
    expect(log).toContain('mixed/bad.json is no JSON');
    expect(report.findings.map((f) => f.advisory)).toContain('CVE-2024-1');
    put('cut/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
    put('cut/var/lib/dpkg/status', `${stanza('bash', '5.2.15-2')}Package: libc6\nStat`);
    expect(await check('cut', '--intel', 'intel')).toMatchObject({
      code: 3,
      log: expect.stringContaining('var/lib/dpkg/status:6'),
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    `an unreadable status file is a sentence${process.getuid?.() === 0 ? ' (skipped: root reads everything)' : ''}`,
    async () => {
      put('locked/var/lib/dpkg/status', stanza('bash', '1'));
      chmodSync(join(root, 'locked/var/lib/dpkg/status'), 0);
      expect(await check('locked')).toMatchObject({
        code: 3,
        log: expect.stringContaining('permission is denied'),
      });
    },
  );
});

import { describe, expect, it } from 'vitest';
import { observeCollected } from '../../src/observe/collected.ts';
import type { CollectedAsset, CollectedResult } from '../../src/ports/asset-source.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { DEBIAN_FILES } from '../support/ssh-facts.ts';

type Content = string | Error;
const asset = (result: CollectedResult): CollectedAsset => ({ asset: 'web1', labels: {}, result });
const AT = 1_700_000_000_000;

function collected(files: Readonly<Record<string, Content>>, more: object = {}): CollectedAsset {
  const tree = fakeFileTree(new Map(Object.entries(files)), 'web1');
  return asset({ kind: 'collected', tree, startedAt: AT, endedAt: AT, problems: [], ...more });
}

const line = (name: string, version: string, more = '(none)', arch = 'x86_64') =>
  `${name}\t(none)\t${version.replace('-', '\t')}\t${arch}\t${name}-${version}.src.rpm\t${more}\n`;
const ALMA: Readonly<Record<string, string>> = {
  'etc/os-release': 'ID="almalinux"\nVERSION_ID="9.4"\nID_LIKE="rhel centos fedora"\n',
  '.facts/rpm-qa': [
    line('kernel-core', '5.14.0-427.13.1.el9_4'),
    line('kernel-core', '5.14.0-427.9.1.el9_4'),
    line('nodejs', '18.19.0-1.module_el9', 'nodejs:18:9040020240101:rhel9'),
    line('tzdata', '2024a-1.el9', '(none)', 'noarch'),
  ].join(''),
  '.facts/rpm-arch': 'x86_64\n',
  'proc/sys/kernel/osrelease': '5.14.0-427.9.1.el9_4.x86_64\n',
  'etc/yum.repos.d/alma.repo': '[baseos]\nname=x\n[appstream]\nenabled = yes\n[crb]\nenabled=0\n',
  'etc/yum.repos.d/readme.txt': '[other]\n',
  'etc/dnf/modules.d/nodejs.module': '[nodejs]\nname=nodejs\nstream=18\nstate=enabled\n',
  'etc/dnf/modules.d/php.module': '[php]\nname=php\nstream=\nstate=disabled\n',
  'etc/dnf/plugins/versionlock.list': '# x\ntzdata-0:2024a-1.*\n!nodejs-0:20.0-1.*\n',
};

describe('a collected dpkg host', () => {
  it('is seen as its own files tell it, with its running kernel', async () => {
    const seen = await observeCollected(collected(DEBIAN_FILES));
    expect(seen).toMatchObject({
      stream: 'debian:12:amd64',
      origins: ['debian:bookworm/main'],
      runningKernel: '6.1.0-18-amd64',
      rebootRequired: false,
      unknown: null,
      source: 'ssh',
      problems: [],
      statusText: DEBIAN_FILES['var/lib/dpkg/status'],
    });
    expect(seen.components.map((c) => [c.name, c.sourcePackage])).toEqual([
      ['base-files', 'base-files'],
      ['libssl3', 'openssl'],
    ]);
  });

  it('has a pending reboot with the packages that ask for it, and holds', async () => {
    const status = DEBIAN_FILES['var/lib/dpkg/status']?.replace('install ok', 'hold ok') ?? '';
    const seen = await observeCollected(
      collected({
        ...DEBIAN_FILES,
        'var/lib/dpkg/status': status,
        'run/reboot-required': 'x',
        'run/reboot-required.pkgs': 'linux-base\nlibc6\nlibc6\n\u001b[1m\n',
      }),
    );
    expect(seen.rebootRequired).toBe(true);
    expect(seen.facts?.rebootPackages).toEqual(['libc6', 'linux-base']);
    expect(seen.components[0]?.held).toBe(true);
  });

  it('stays one where dnf is installed as well', async () => {
    const both = { ...ALMA, ...DEBIAN_FILES };
    expect((await observeCollected(collected(both))).stream).toBe('debian:12:amd64');
    const alma = { ...DEBIAN_FILES, ...ALMA };
    expect((await observeCollected(collected(alma))).stream).toBe('almalinux:9:x86_64');
  });
});

describe('a collected rpm host', () => {
  it('has its modules, repositories as origins, locks, and a kernel that waits for a reboot', async () => {
    const seen = await observeCollected(collected(ALMA));
    expect(seen).toMatchObject({
      stream: 'almalinux:9:x86_64',
      unknown: null,
      runningKernel: '5.14.0-427.9.1.el9_4.x86_64',
      rebootRequired: true,
      problems: [],
    });
    expect(seen.components.map((c) => [c.name, c.held, c.module])).toEqual([
      ['kernel-core', false, undefined],
      ['kernel-core', false, undefined],
      ['nodejs', false, 'nodejs:18'],
      ['tzdata', true, undefined],
    ]);
    expect(seen.origins).toEqual([
      'almalinux:appstream',
      'almalinux:appstream/nodejs/18',
      'almalinux:baseos',
      'almalinux:baseos/nodejs/18',
    ]);
    expect(seen.facts).toMatchObject({
      repositories: ['appstream', 'baseos'],
      modules: [
        { name: 'nodejs', stream: '18', state: 'enabled' },
        { name: 'php', stream: '', state: 'disabled' },
      ],
      versionLocks: ['!nodejs-0:20.0-1.*', 'tzdata-0:2024a-1.*'],
    });
  });

  it.each([
    ['5.14.0-427.13.1.el9_4.x86_64', false],
    ['6.6.0-custom', false],
    ['', false],
  ])('running %j: reboot %s', async (kernel, reboot) => {
    const seen = await observeCollected(collected({ ...ALMA, 'proc/sys/kernel/osrelease': kernel }));
    expect(seen.rebootRequired).toBe(reboot);
  });

  it('is not clean when it names no package, or some that cannot be read', async () => {
    const none = await observeCollected(collected({ ...ALMA, '.facts/rpm-qa': '' }));
    expect(none.problems).toEqual(['web1 names no installed rpm']);
    const torn = await observeCollected(collected({ ...ALMA, '.facts/rpm-qa': `${line('a', '1-1')}?\t?\n` }));
    expect(torn.problems).toHaveLength(1);
    const { 'etc/os-release': _, ...nameless } = ALMA;
    expect((await observeCollected(collected(nameless))).unknown).toBe('no-stream');
  });
});

describe('a host of which nothing is known', () => {
  it('has the reason of the source', async () => {
    const seen = await observeCollected(asset({ kind: 'failed', reason: 'timed-out', problem: 'hangs' }));
    expect(seen).toMatchObject({ unknown: 'timed-out', problems: ['hangs'], stream: null, components: [] });
    expect(seen.facts).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, Content>>, string]>([
    ['no package database', { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20\n' }, 'not-supported'],
    ['nothing', {}, 'not-supported'],
    ['an empty dpkg status', { ...DEBIAN_FILES, 'var/lib/dpkg/status': '' }, 'unreadable'],
    ['bytes as dpkg status', { ...DEBIAN_FILES, 'var/lib/dpkg/status': '\u0000\u0001' }, 'unreadable'],
    ['a failing rpm', { ...ALMA, '.facts/rpm-qa': new Error('exit 1') }, 'unreadable'],
  ])('%s', async (_name, files, unknown) => {
    const seen = await observeCollected(collected(files));
    expect(seen.unknown).toBe(unknown);
    expect(seen.problems.length).toBeGreaterThan(0);
  });
});

describe('facts', () => {
  const factsOf = async (files: Readonly<Record<string, Content>>, more: object = {}) =>
    (await observeCollected(collected({ ...DEBIAN_FILES, ...files }, more))).facts;

  it('are those the host told, and the machine id leaves no host', async () => {
    const facts = await factsOf({
      '.facts/df': '/ /var\nFilesystem 1024-blocks\n/dev/a b 100 50 50 50% /\n/dev/b 10 3 7 30% /var\n',
    });
    expect(facts).toEqual({
      kernel: '6.1.0-18-amd64',
      bootId: '11111111-2222-3333-4444-555555555555',
      machineId: expect.stringMatching(/^sha256:/),
      clock: { seconds: 1_700_000_000, skewSeconds: 0 },
      uptimeSeconds: 1234,
      freeBytes: { '/': 51_200, '/var': 7_168 },
    });
    expect(JSON.stringify(facts)).not.toContain('a1a1');
  });

  it.each([
    [0, 0, 0],
    [-1, 5, 0],
    [-3600, -3600, 3599],
    [3600, 3601, -3599],
  ])('a call from %i to %i seconds around its clock: ahead by %i', async (from, to, skewSeconds) => {
    const times = { startedAt: AT + from * 1000, endedAt: AT + to * 1000 };
    expect((await factsOf({}, times))?.clock?.skewSeconds).toBe(skewSeconds);
  });

  it('tell entitlements of Ubuntu and RHEL', async () => {
    const status = {
      services: [
        { name: 'esm-infra', status: 'enabled' },
        { name: 'fips', status: 'disabled' },
      ],
    };
    const facts = await factsOf({
      'var/lib/ubuntu-advantage/status.json': JSON.stringify(status),
      '.facts/pro': '{"data":{"attributes":{"enabled_services":[{"name":"livepatch"},{"name":"../x"}]}}}',
      '.facts/rhsm': 'registered\n',
    });
    expect(facts?.entitlements).toEqual(['rhsm:registered', 'ubuntu-pro:esm-infra', 'ubuntu-pro:livepatch']);
    expect(await factsOf({ '.facts/pro': '{"__proto__":1}', '.facts/rhsm': 'no' })).not.toHaveProperty(
      'entitlements',
    );
  });

  it.each<[string, string, readonly string[] | undefined]>([
    ['apt-daily-upgrade.timer\n', 'APT::Periodic::Unattended-Upgrade "1";\n', ['unattended-upgrades']],
    ['apt-daily-upgrade.timer\n', 'Unattended-Upgrade "always";', ['unattended-upgrades']],
    [
      'apt-daily-upgrade.timer\n',
      'APT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::Unattended-Upgrade "0";\n',
      undefined,
    ],
    [
      'apt-daily-upgrade.timer\n',
      '// APT::Periodic::Unattended-Upgrade "1";\nUnattended-Upgrade::Origins "x";\n',
      undefined,
    ],
    ['fstrim.timer\n', 'APT::Periodic::Unattended-Upgrade "1";', undefined],
    ['dnf-automatic-install.timer\nx y\n', '', ['dnf-automatic-install.timer']],
  ])('%j and %j: who else patches', async (timers, unattended, patchers) => {
    const facts = await factsOf({ '.facts/timers': timers, '.facts/unattended': unattended });
    expect(facts?.otherPatchers).toEqual(patchers);
  });

  it.each(['amazon-ssm-agent.service', 'snap.amazon-ssm-agent.amazon-ssm-agent.service'])(
    '%s: AWS may patch here',
    async (unit) => {
      expect((await factsOf({ '.facts/agents': `${unit}\n` }))?.otherPatchers).toEqual(['amazon-ssm-agent']);
    },
  );

  it('that are absent, damaged or out of reach are left out, and harm nothing', async () => {
    const gone = Object.fromEntries(
      ['.facts/clock', 'proc/uptime', 'etc/machine-id', 'proc/sys/kernel/random/boot_id'].map((f) => [
        f,
        'x; rm',
      ]),
    );
    expect(Object.keys((await factsOf({ ...gone, '.facts/df': '/\n' })) ?? {})).toEqual(['kernel']);
  });
});

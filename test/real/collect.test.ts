import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScan, FACTS_FILE } from '../../src/app/scan.ts';
import { createWire } from '../../src/app/wire.ts';
import type { Config } from '../../src/contracts/generated/config.ts';
import type { HostFacts } from '../../src/domain/component.ts';
import { whyNoRoot } from './support/run.ts';
import { type SshRig, startSshHosts, whyNoHosts } from './support/ssh-hosts.ts';

const NOW = '2026-05-08T00:00:00Z';
const COUNT = 20;
const why = whyNoRoot() ?? whyNoHosts();
const name = (i: number): string => `host-${String(i).padStart(2, '0')}`;

/** What apt leaves behind, so that the hosts have origins without a network. */
const APT = {
  'etc/apt/sources.list': 'deb http://deb.example.org/debian bookworm main\n',
  'var/lib/apt/lists/deb.example.org_debian_dists_bookworm_InRelease':
    'Origin: Debian\nLabel: Debian\nSuite: oldstable\nCodename: bookworm\nSHA256:\n',
};
const DNF = {
  'etc/yum.repos.d/almalinux.repo':
    '[baseos]\nname=x\nbaseurl=http://x.example.org/\n[crb]\nenabled=0\n[appstream]\nenabled=1\n',
  'etc/dnf/modules.d/nodejs.module': '[nodejs]\nname=nodejs\nstream=18\nprofiles=\nstate=enabled\n',
  'etc/dnf/plugins/versionlock.list': '# held\npw-tiny-0:1.0-1.el9.*\n',
  'root/pw-tiny.spec':
    'Name: pw-tiny\nEpoch: 2\nVersion: 1.0\nRelease: 1.el9\nSummary: t\nLicense: t\nBuildArch: noarch\n%description\nt\n%files\n',
};
/** A shell that talks to every caller before it does what it was asked, as those of people do. */
const TALKS = {
  'etc/ssh/sshd_config.d/talk.conf':
    'ForceCommand echo "Welcome to F 9 etc/os-release"; printf MOTD; sh -s\n',
};
const force = (command: string) => ({
  files: { 'etc/ssh/sshd_config.d/a.conf': `ForceCommand ${command}\n` },
});
const LISTENER = `
import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 22))
s.listen(50)
held = []
while True:
    held.append(s.accept())
`;
/** Accepts every connection and never says a word. */
const SILENT = { program: ['/usr/bin/python3', '-c', LISTENER] };

const title = `${COUNT} hosts over ssh${why === undefined ? '' : ` (skipped: ${why})`}`;

describe.skipIf(why !== undefined)(title, () => {
  let rig: SshRig;

  beforeAll(async () => {
    rig = await startSshHosts(
      Array.from({ length: COUNT }, (_, i) => {
        if (i >= 18) return { name: name(i), kind: 'dnf', files: DNF };
        return { name: name(i), files: i === 17 ? { ...APT, ...TALKS } : APT };
      }),
    );
    for (const host of rig.hosts.slice(18)) {
      await host.inside('rpmbuild', '-bb', '--quiet', '-D', '_topdir /root/rpm', '/root/pw-tiny.spec');
      const file = '/root/rpm/RPMS/noarch/pw-tiny-1.0-1.el9.noarch.rpm';
      await host.inside('rpm', '-i', '--nodeps', '--force-debian', file);
    }
    writeFileSync(join(rig.dir, 'hosts.txt'), rig.hosts.map((h) => `${h.name}\n`).join(''));
  });
  afterAll(() => rig?.close());

  const scan = async (more: object = {}) => {
    const source = { kind: 'ssh', id: 'all', inventory: 'hosts.txt', sshConfig: 'ssh_config', ...more };
    const config = { fleet: { sources: [source] } } as unknown as Config;
    const from = performance.now();
    const plan = await buildScan(createWire(), { config, repo: rig.dir, now: NOW });
    const seconds = (performance.now() - from) / 1000;
    const [fleet] = plan.snapshots;
    const facts = JSON.parse(fleet?.files.get(FACTS_FILE) ?? '{}') as Record<string, HostFacts>;
    return { plan, seconds, facts, rows: fleet?.rows ?? {} };
  };

  it('are all collected within 10 seconds, with their facts', async () => {
    // Where others use this machine at the same moment, all that is asked is 10 seconds of a fair share of it.
    const crowd = (loadavg()[0] ?? 0) / availableParallelism();
    const limit = crowd > 2 ? 10 * crowd : 10;
    const tries = [await scan()];
    while (tries.length < 3 && tries.every((t) => t.seconds >= limit)) tries.push(await scan());
    const { plan, facts, rows } = tries[0] as (typeof tries)[0];
    console.log(
      `${COUNT} hosts started in ${Math.round(rig.startMs)} ms, collected in ${tries.map((t) => t.seconds.toFixed(1)).join(', ')} s: ${plan.components} packages (load ${crowd.toFixed(1)} for one core)`,
    );
    expect(plan.problems).toEqual([]);
    expect(plan.unknown).toEqual([]);
    expect(Math.min(...tries.map((t) => t.seconds))).toBeLessThan(limit);
    for (const i of [0, 17]) {
      expect(rows.assets?.[i]).toMatchObject({ asset: name(i), stream: 'debian:12:amd64', source: 'ssh' });
      const dpkg = await rig.hosts[i]?.inside('dpkg-query', '-W', '-f', '${Package} ${Version}\n');
      const set = rows.components?.filter((c) => c.set === rows.assets?.[i]?.set) ?? [];
      expect(set.map((c) => `${c.name} ${c.version}`).sort()).toEqual(dpkg?.trim().split('\n').sort());
    }
    expect(rows.origins).toContainEqual({ asset: name(0), origin: 'debian:bookworm/main' });
    const kernel = (await rig.hosts[0]?.inside('uname', '-r'))?.trim();
    expect(rows.assets?.[0]?.runningKernel).toBe(kernel);
    expect(facts[name(0)]).toMatchObject({ kernel, clock: { skewSeconds: 0 } });
    expect(facts[name(0)]?.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts[name(0)]?.freeBytes?.['/var']).toBeGreaterThan(0);
    expect(new Set(Object.values(facts).map((f) => f.machineId)).size).toBe(COUNT);
  });

  it('tell rpms, repositories, modules and version locks of dnf', async () => {
    const { facts, rows } = await scan();
    const asset = rows.assets?.[18];
    expect(asset?.stream).toBe('almalinux:9:x86_64');
    expect(rows.components?.filter((c) => c.set === asset?.set)).toEqual([
      expect.objectContaining({
        name: 'pw-tiny',
        version: '2:1.0-1.el9',
        arch: 'noarch',
        sourcePackage: 'pw-tiny',
        held: true,
      }),
    ]);
    expect(rows.origins?.filter((o) => o.asset === name(18)).map((o) => o.origin)).toEqual([
      'almalinux:appstream',
      'almalinux:appstream/nodejs/18',
      'almalinux:baseos',
      'almalinux:baseos/nodejs/18',
    ]);
    expect(facts[name(18)]).toMatchObject({
      repositories: ['appstream', 'baseos'],
      modules: [{ name: 'nodejs', stream: '18', state: 'enabled' }],
      versionLocks: ['pw-tiny-0:1.0-1.el9.*'],
    });
  });

  it('leave nothing behind on a host', async () => {
    await scan();
    const list = () =>
      rig.hosts[1]?.inside('find', '/', '-xdev', '-newer', '/etc/hostname', '-not', '-path', '/dev*');
    const before = await list();
    await scan();
    expect(await list()).toBe(before);
    expect(await rig.hosts[1]?.inside('ps', '-eo', 'user,args')).not.toContain('sh -s');
  });

  it('do not harm each other: 3 down, 2 hanging, 1 with garbage, 1 with another key', async () => {
    const [a, b, c, silent, hangs, garbage, changed] = rig.hosts;
    for (const host of [a, b, c]) await host?.link('down');
    await silent?.restart(SILENT);
    await hangs?.restart(force('sleep 1000'));
    await garbage?.restart(force('head -c 300000 /dev/urandom'));
    await changed?.restart({ newHostKey: true });
    const { plan, seconds, facts, rows } = await scan();
    console.log(`13 of ${COUNT} hosts collected in ${seconds.toFixed(1)} s (limit for one host 30 s)`);
    for (const p of plan.problems) console.log(`  ${p}`);
    expect(plan.unknown).toEqual([
      { asset: name(0), reason: 'unreachable' },
      { asset: name(1), reason: 'unreachable' },
      { asset: name(2), reason: 'unreachable' },
      { asset: name(3), reason: 'timed-out' },
      { asset: name(4), reason: 'timed-out' },
      { asset: name(5), reason: 'garbage' },
      { asset: name(6), reason: 'host-key-changed' },
    ]);
    expect(plan.problems).toHaveLength(7);
    expect(Object.keys(facts)).toHaveLength(13);
    expect(rows.assets).toHaveLength(COUNT);
    // What was known of a host a moment ago is not told of it now.
    const empty = rows.assets?.filter((r) => r.unknown !== null).map((r) => [r.stream, r.runningKernel]);
    expect(empty).toEqual(Array.from({ length: 7 }, () => [null, null]));
    expect(seconds).toBeLessThan(60);
  });

  it('that nobody knows, or that do not know us, have reasons of their own', async () => {
    writeFileSync(join(rig.dir, 'other_config'), `Include ${join(rig.dir, 'ssh_config')}\n`);
    writeFileSync(join(rig.dir, 'some.txt'), `${name(10)}\nnobody@${name(11)}\n${rig.hosts[12]?.ip}\n`);
    const { plan } = await scan({ inventory: 'some.txt', sshConfig: 'other_config', timeoutSeconds: 12 });
    expect(plan.unknown).toEqual([
      { asset: rig.hosts[12]?.ip, reason: 'host-key-unknown' },
      { asset: name(11), reason: 'auth-failed' },
    ]);
  });
});

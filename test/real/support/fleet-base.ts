import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './fleet-run.ts';
import { baseTarball, cacheDir } from './root.ts';

/** Debian packages of a host with systemd and sshd, on top of minbase. */
const DEBIAN = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'python3', 'python3-apt'],
  ...['ca-certificates', 'needrestart', 'iproute2', 'procps', 'curl', 'gpgv', 'debsums'],
];
const DNF = ['dnf', 'dnf-plugins-core', 'rpm'];

/** Units that would only make noise while hosts are measured. */
const MASKED = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer'],
  ...['fstrim.timer', 'e2scrub_reap.service', 'systemd-pstore.service', 'systemd-timesyncd.service'],
  ...['console-getty.service', 'getty.target', 'systemd-networkd.service', 'systemd-resolved.service'],
  ...['ssh.socket', 'systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service'],
];

const SSHD = `UseDNS no
PasswordAuthentication no
PrintMotd no
MaxStartups 200:30:400
MaxSessions 100
HostKey /etc/ssh/ssh_host_ed25519_key
`;

/** What Patchwarden, dnf and rpm look at to tell what an el9 host is. */
const ALMALINUX = `NAME="AlmaLinux"
VERSION="9.4 (Seafoam Ocelot)"
ID="almalinux"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="AlmaLinux 9.4 (Seafoam Ocelot)"
CPE_NAME="cpe:/o:almalinux:almalinux:9::baseos"
`;

/** Where the mirror of the base is put aside. */
const MIRROR = 'etc/apt/mirror.list.off';

const put = (root: string, path: string, text: string): void => {
  rmSync(join(root, path), { force: true });
  writeFileSync(join(root, path), text);
};

/** Installs into a root directory with its own apt, from the mirror it was made from; no service starts. */
async function install(root: string, packages: readonly string[]): Promise<void> {
  copyFileSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
  writeFileSync(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const apt = (...args: string[]) =>
    mustRun(['chroot', root, 'apt-get', '-q', ...args], { timeout: 600_000 });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...packages);
  await apt('clean');
  rmSync(join(root, 'usr/sbin/policy-rc.d'));
  // What a host's own logs say is about what a test did.
  for (const log of ['dpkg.log', 'apt/history.log', 'apt/term.log'])
    rmSync(join(root, 'var/log', log), { force: true });
  for (const name of readdirSync(join(root, 'var/lib/apt/lists')).filter((n) => n.includes('_')))
    rmSync(join(root, 'var/lib/apt/lists', name));
  rmSync(join(root, 'etc/resolv.conf'));
}

async function debian(root: string): Promise<void> {
  await mustRun(['tar', '-C', root, '-xf', baseTarball()]);
  await install(root, DEBIAN);
  for (const unit of MASKED)
    await mustRun(['ln', '-sf', '/dev/null', join(root, 'etc/systemd/system', unit)]);
  put(root, 'etc/ssh/sshd_config.d/fleet.conf', SSHD);
  for (const name of readdirSync(join(root, 'etc/ssh')).filter((n) => n.startsWith('ssh_host_')))
    rmSync(join(root, 'etc/ssh', name));
  mkdirSync(join(root, 'etc/systemd/journald.conf.d'), { recursive: true });
  put(root, 'etc/systemd/journald.conf.d/fleet.conf', '[Journal]\nStorage=persistent\nRateLimitBurst=0\n');
  // The fleet is offline but for its own repository.
  renameSync(join(root, 'etc/apt/sources.list'), join(root, MIRROR));
  for (const user of ['patchwarden', 'ansible'])
    await mustRun(['chroot', root, 'useradd', '--create-home', '--shell', '/bin/sh', user]);
}

async function dnf(root: string): Promise<void> {
  copyFileSync(join(root, MIRROR), join(root, 'etc/apt/sources.list'));
  await install(root, DNF);
  rmSync(join(root, 'etc/apt/sources.list'));
  put(root, 'usr/lib/os-release', ALMALINUX);
  put(root, 'etc/redhat-release', 'AlmaLinux release 9.4 (Seafoam Ocelot)\n');
  // What tells that this is Debian, and its package manager, would only be mistaken for the host's own.
  for (const path of ['etc/debian_version', 'etc/dpkg', 'var/lib/dpkg', 'var/lib/apt', 'etc/apt'])
    rmSync(join(root, path), { recursive: true, force: true });
  for (const name of readdirSync(join(root, 'usr/bin')).filter((n) => /^(apt|dpkg)(-|$)/.test(n)))
    rmSync(join(root, 'usr/bin', name));
  // Debian's rpm keeps its database in the home directory and refuses to install; an el9 one does neither.
  mkdirSync(join(root, 'etc/rpm'), { recursive: true });
  put(root, 'etc/rpm/macros', '%_dbpath /var/lib/rpm\n%_db_backend sqlite\n%rhel 9\n%dist .el9\n');
  mkdirSync(join(root, 'etc/dnf/vars'), { recursive: true });
  put(root, 'etc/dnf/vars/releasever', '9\n');
  put(
    root,
    'etc/dnf/dnf.conf',
    '[main]\ngpgcheck=1\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=True\nskip_if_unavailable=False\nmodule_platform_id=platform:el9\n',
  );
  mkdirSync(join(root, 'etc/yum.repos.d'), { recursive: true });
  // A plugin that Debian's package brings along and an el9 host doesn't have.
  put(root, 'etc/dnf/plugins/local.conf', '[main]\nenabled=0\n');
  await mustRun(['chroot', root, 'rpm', '--initdb']);
}

/** Raised with every change of what {@link debian} or {@link dnf} do: another recipe is another directory. */
const RECIPE = 1;

const recipe = (kind: string): string =>
  createHash('sha256')
    .update(JSON.stringify([RECIPE, DEBIAN, MASKED, SSHD, ...(kind === 'dnf' ? [DNF, ALMALINUX] : [])]))
    .digest('hex')
    .slice(0, 12);

async function cached(kind: 'debian' | 'dnf', build: (into: string) => Promise<void>): Promise<string> {
  const dir = join(cacheDir(), `fleet-${kind}-${recipe(kind)}`);
  if (existsSync(dir)) return dir;
  mkdirSync(cacheDir(), { recursive: true });
  const work = mkdtempSync(join(cacheDir(), `fleet-${kind}-making-`));
  try {
    await build(work);
    // Another suite may have made it meanwhile.
    if (!existsSync(dir)) renameSync(join(work, 'root'), dir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return dir;
}

/**
 * Read-only directories that the overlay of a host stacks, uppermost first. Made once (half a minute each) and kept.
 * A dnf host is a Debian root that dnf and rpm take for AlmaLinux 9: real dnf and rpm, no el9 userland.
 */
export async function baseLayers(kind: 'debian' | 'dnf'): Promise<readonly string[]> {
  const lower = await cached('debian', async (work) => {
    mkdirSync(join(work, 'root'), { mode: 0o755 });
    await debian(join(work, 'root'));
  });
  if (kind === 'debian') return [lower];
  const upper = await cached('dnf', async (work) => {
    for (const name of ['root', 'work', 'mount']) mkdirSync(join(work, name), { mode: 0o755 });
    const mount = join(work, 'mount');
    await mountOverlay(mount, [lower], join(work, 'root'), join(work, 'work'));
    try {
      await dnf(mount);
    } finally {
      await mustRun(['umount', mount]);
    }
  });
  return [upper, lower];
}

export async function mountOverlay(
  at: string,
  lower: readonly string[],
  upper: string,
  work: string,
): Promise<void> {
  const options = `lowerdir=${lower.join(':')},upperdir=${upper},workdir=${work}`;
  await mustRun(['mount', '-t', 'overlay', 'patchwarden-fleet', '-o', options, at]);
}

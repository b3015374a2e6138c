import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Fleet, type HostKind, startFleet } from './fleet.ts';
import { inParallel, mustRun, type Ran } from './fleet-run.ts';
import { SERVICE_PORT } from './service-package.ts';
import { buildServiceRepository, type ServiceRepository } from './service-package-repository.ts';

/** Programs that a service fleet needs on this machine, beside those of the machines themselves. */
export const FLEET_TOOLS = [
  ...['dpkg-deb', 'apt-ftparchive', 'gpg', 'python3', 'rpmbuild', 'rpmsign', 'createrepo_c', 'haproxy'],
];

/** A fleet whose hosts run `pw-web` 1.0 and know its repositories. */
export interface ServiceFleet {
  readonly fleet: Fleet;
  readonly repository: ServiceRepository;
  /** Where the hosts, and this machine, find the repositories. */
  readonly url: string;
  /** Offers versions and lets hosts (default all) read the indexes anew, as their nightly timer would. */
  readonly offer: (versions: readonly string[], hosts?: readonly string[]) => Promise<void>;
  /** By the package manager's own word: `1.1`, with ` half-configured` and the like when it is not simply installed. */
  readonly installed: (host: string, name?: string) => Promise<string | undefined>;
  /** What the running service says of itself; undefined when it doesn't answer. */
  readonly health: (host: string) => Promise<{ readonly code: number; readonly version: string } | undefined>;
  /** Waits until all hosts answer with a version. */
  readonly untilServing: (version: string, hosts?: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function prepare(
  root: string,
  kind: HostKind,
  base: string,
  repository: ServiceRepository,
  after: number | undefined,
): Promise<void> {
  mkdirSync(join(root, 'var/lib/pw-web'), { recursive: true });
  if (after !== undefined) writeFileSync(join(root, 'var/lib/pw-web/after'), `${after}\n`);
  const take = (path: string): string => {
    const to = join('/tmp', basename(path));
    copyFileSync(path, join(root, to));
    return to;
  };
  if (kind === 'debian') {
    mkdirSync(join(root, 'etc/apt/keyrings'), { recursive: true });
    writeFileSync(join(root, 'etc/apt/keyrings/fleet.asc'), repository.key);
    writeFileSync(
      join(root, 'etc/apt/sources.list.d/fleet.list'),
      `deb [signed-by=/etc/apt/keyrings/fleet.asc] ${base}/debian bookworm-security main\n`,
    );
    const deb = repository.debs.find((d) => d.name === 'pw-web' && d.version === '1.0');
    if (!deb) throw new Error('pw-web 1.0 was not built');
    const file = take(deb.path);
    await mustRun(['chroot', root, 'dpkg', '-i', file]);
    rmSync(join(root, file));
    // The lists of last night: they tell a host where its packages come from.
    await mustRun(['chroot', root, 'apt-get', '-q', 'update', '-o', 'APT::Update::Error-Mode=any']);
    return;
  }
  mkdirSync(join(root, 'etc/pki/rpm-gpg'), { recursive: true });
  writeFileSync(join(root, 'etc/pki/rpm-gpg/RPM-GPG-KEY-fleet'), repository.key);
  writeFileSync(
    join(root, 'etc/yum.repos.d/fleet.repo'),
    [
      '[fleet]',
      'name=Fleet',
      `baseurl=${base}/rpm`,
      'enabled=1',
      'gpgcheck=1',
      'repo_gpgcheck=1',
      'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fleet',
      '',
    ].join('\n'),
  );
  const files = repository.rpms.filter((p) => /(almalinux-release|pw-web-1\.0)/.test(p)).map(take);
  await mustRun(['chroot', root, 'rpm', '--import', '/etc/pki/rpm-gpg/RPM-GPG-KEY-fleet']);
  await mustRun(['chroot', root, 'rpm', '-i', '--force-debian', ...files]);
  for (const file of files) rmSync(join(root, file));
  // An administrator said yes to the repository's key once. The agent that gpg starts ends with the pid namespace.
  await mustRun([
    'unshare',
    '--pid',
    '--fork',
    '--kill-child',
    'chroot',
    root,
    'dnf',
    '-y',
    '-q',
    'makecache',
  ]);
}

export interface ServiceFleetOptions {
  readonly debian?: number;
  readonly dnf?: number;
  /** Seconds until the bad versions misbehave, instead of their own. */
  readonly after?: number;
  readonly sudoers?: string;
  /** See {@link startFleet}. */
  readonly weight?: number;
}

/** Builds the repositories, boots the hosts with 1.0 on their disk, and serves. */
export async function startServiceFleet(options: ServiceFleetOptions = {}): Promise<ServiceFleet> {
  const { debian = 0, dnf = 0, after, sudoers, weight = 1 } = options;
  const repository = await buildServiceRepository({ rpm: dnf > 0 });
  let fleet: Fleet | undefined;
  let url = '';
  try {
    fleet = await startFleet({
      debian,
      dnf,
      weight,
      ...(sudoers === undefined ? {} : { sudoers }),
      prepare: async (root, kind, gateway) => {
        if (url === '') url = await repository.serve(gateway);
        await prepare(root, kind, url, repository, after);
      },
    });
  } catch (error) {
    await repository.remove();
    throw error;
  }
  return operate(fleet, repository, url);
}

function operate(fleet: Fleet, repository: ServiceRepository, url: string): ServiceFleet {
  const kindOf = (host: string) => fleet.hosts.find((h) => h.name === host)?.kind;
  const all = fleet.hosts.map((h) => h.name);
  const must = (host: string, ran: Ran): Ran => {
    if (ran.code !== 0) throw new Error(`${host}: ${ran.stdout}${ran.stderr}`);
    return ran;
  };
  const health: ServiceFleet['health'] = async (host) => {
    const address = fleet.hosts.find((h) => h.name === host)?.address ?? '';
    try {
      const answer = await fetch(`http://${address}:${SERVICE_PORT}/healthz`, {
        signal: AbortSignal.timeout(2000),
      });
      return { code: answer.status, version: ((await answer.json()) as { version: string }).version };
    } catch {
      return undefined;
    }
  };
  return {
    fleet,
    repository,
    url,
    health,
    offer: async (versions, hosts = all) => {
      await repository.offer(...versions);
      await inParallel(hosts, 4, async (host) => {
        const argv =
          kindOf(host) === 'debian'
            ? ['apt-get', '-q', 'update', '-o', 'APT::Update::Error-Mode=any']
            : ['dnf', '-q', 'makecache', '--refresh'];
        must(host, await fleet.exec(host, argv));
      });
    },
    installed: async (host, name = 'pw-web') => {
      if (kindOf(host) === 'debian') {
        const { stdout } = await fleet.exec(host, ['dpkg-query', '-W', '-f', '${Version} ${Status}', name]);
        const [version, want, , state] = stdout.split(' ');
        if (!version || state === 'not-installed' || state === 'config-files') return undefined;
        return want === 'install' && state === 'installed' ? version : `${version} ${state ?? ''}`;
      }
      const { code, stdout } = await fleet.exec(host, ['rpm', '-q', '--qf', '%{VERSION}', name]);
      return code === 0 ? stdout : undefined;
    },
    untilServing: async (version, hosts = all) => {
      await inParallel(hosts, 8, async (host) => {
        let last = await health(host);
        for (
          const end = performance.now() + 120_000;
          last?.version !== version && performance.now() < end;
        ) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          last = await health(host);
        }
        if (last?.version === version) return;
        const { stdout } = await fleet.exec(host, [
          'systemctl',
          'status',
          '--no-pager',
          '--lines=20',
          'pw-web',
        ]);
        throw new Error(`${host} serves ${last?.version ?? 'nothing'}, not ${version}\n${stdout}`);
      });
    },
    stop: async () => {
      await fleet.stop();
      await repository.remove();
    },
  };
}

import { resolve } from 'node:path';
import type { Config, DriverConfig } from '../contracts/generated/config.ts';
import type { HostObservation } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { observeCollected } from '../observe/collected.ts';
import { observeRoot } from '../observe/host-root.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import type { Wire } from './wire.ts';

/** The hosts that can be changed, each by its driver and looked at now. */
export interface HostAccess {
  readonly drivers: ReadonlyMap<string, HostDriver>;
  /** Throws `source-failed` when the host cannot be looked at. */
  observe(asset: string): Promise<HostObservation>;
  close(): Promise<void>;
}

type Ports = Pick<Wire, 'fileTree' | 'rpmDatabase' | 'rootDriver' | 'sshFleet'>;

/** Opens every driver of the config. Relative paths start at the policy repository. */
export async function openHosts(ports: Ports, repo: string, config: Config): Promise<HostAccess> {
  const parts: HostAccess[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts) await part.close();
  };
  try {
    for (const driver of config.drivers ?? []) parts.push(await open(ports, repo, config, driver));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    drivers: new Map(parts.flatMap((p) => [...p.drivers])),
    async observe(asset) {
      const part = parts.find((p) => p.drivers.has(asset));
      if (!part) throw new PatchwardenError('source-failed', `no driver for ${asset} in patchwarden.json`);
      return part.observe(asset);
    },
    close,
  };
}

async function open(ports: Ports, repo: string, config: Config, driver: DriverConfig): Promise<HostAccess> {
  switch (driver.kind) {
    case 'root': {
      const { asset } = driver;
      const root = resolve(repo, driver.path);
      return {
        drivers: new Map([[asset, ports.rootDriver({ asset, root })]]),
        observe: () => observeRoot(ports.fileTree(root), { live: root === '/', rpm: ports.rpmDatabase }),
        close: async () => undefined,
      };
    }
    case 'ssh':
    case 'ansible':
      return openSsh(ports, repo, config, driver);
    default:
      return driver satisfies never;
  }
}

type FleetDriver = Extract<DriverConfig, { kind: 'ssh' | 'ansible' }>;

async function openSsh(
  { sshFleet }: Pick<Ports, 'sshFleet'>,
  repo: string,
  config: Config,
  driver: FleetDriver,
): Promise<HostAccess> {
  const source = config.fleet.sources.find((s) => s.kind === 'ssh' && s.id === driver.source);
  if (source?.kind !== 'ssh')
    throw new PatchwardenError(
      'bad-document',
      `patchwarden.json has a driver for the ssh source "${driver.source}", which is not among its fleet sources`,
    );
  const { kind: _, inventory, sshConfig, ...options } = source;
  const fleet = await sshFleet({
    source: {
      ...options,
      inventory: resolve(repo, inventory),
      ...(sshConfig === undefined ? {} : { sshConfig: resolve(repo, sshConfig) }),
    },
    through: accessOf(driver, repo),
    ...(driver.python === undefined ? {} : { python: driver.python }),
  });
  return {
    drivers: fleet.drivers,
    close: fleet.close,
    async observe(asset) {
      const collected = await fleet.collect(asset);
      if (collected.result.kind === 'failed')
        throw new PatchwardenError('source-failed', `${asset} ${collected.result.problem}`);
      return observeCollected(collected);
    },
  };
}

function accessOf(driver: FleetDriver, repo: string) {
  if (driver.kind === 'ssh') return { kind: 'ssh', privilege: privilegeOf(driver) } as const;
  const { config, program, forks } = driver;
  return {
    kind: 'ansible',
    ...(config === undefined ? {} : { config: resolve(repo, config) }),
    ...(program === undefined ? {} : { program }),
    ...(forks === undefined ? {} : { forks }),
  } as const;
}

function privilegeOf(driver: Extract<DriverConfig, { kind: 'ssh' }>) {
  switch (driver.privilege ?? 'sudo') {
    case 'root':
      return { kind: 'root' } as const;
    case 'sudo':
      return { kind: 'sudo-python' } as const;
    default:
      if (driver.helperPath === undefined)
        throw new PatchwardenError(
          'bad-document',
          `the driver for the ssh source "${driver.source}" says privilege: sudo-installed; add helperPath, where the helper lies on the hosts`,
        );
      return { kind: 'sudo-installed', path: driver.helperPath } as const;
  }
}

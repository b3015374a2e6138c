import { PatchwardenError } from '../domain/errors.ts';
import type { CollectedAsset } from '../ports/asset-source.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import { collectHost, type SshSourceOptions } from './asset-source-ssh.ts';
import { createSshChannel, type HelperPrivilege } from './host-channel-ssh.ts';
import { createHelperDriver } from './host-driver-helper.ts';
import { readInventory } from './inventory-file.ts';
import { closeSshMasters, openSshControl, sshTarget } from './ssh-run.ts';

export interface SshFleetOptions {
  /** As the fleet source has it. */
  readonly source: SshSourceOptions;
  readonly privilege: HelperPrivilege;
  /** On the hosts. */
  readonly python?: string;
}

/** The hosts of one inventory to be changed and looked at one by one; connections are shared until it is closed. */
export interface SshFleet {
  readonly drivers: ReadonlyMap<string, HostDriver>;
  /** Looks at one host now. */
  collect(asset: string): Promise<CollectedAsset>;
  close(): Promise<void>;
}

/** @throws PatchwardenError `source-failed`, `bad-document` for the inventory */
export async function openSshFleet({ source, privilege, python }: SshFleetOptions): Promise<SshFleet> {
  const all = await readInventory(source.inventory, source);
  const hosts = new Map(all.filter((h) => h.unsupported === undefined).map((h) => [h.asset, h]));
  const controlDir = openSshControl();
  const { sshConfig, program } = source;
  const drivers = new Map(
    [...hosts].map(([asset, host]) => {
      const user = host.user ?? source.user;
      const target = sshTarget({
        host: host.host,
        controlDir,
        ...(user === undefined ? {} : { user }),
        ...(host.port === undefined ? {} : { port: host.port }),
        ...(sshConfig === undefined ? {} : { configFile: sshConfig }),
        ...(program === undefined ? {} : { program }),
      });
      const channel = createSshChannel({ target, privilege, ...(python === undefined ? {} : { python }) });
      return [asset, createHelperDriver({ asset, channel })] as const;
    }),
  );
  return {
    drivers,
    async collect(asset) {
      const host = hosts.get(asset);
      if (!host) throw new PatchwardenError('bug', `${asset} is not in the inventory ${source.inventory}`);
      return { asset, labels: host.labels, result: await collectHost(host, controlDir, source) };
    },
    close: () => closeSshMasters(controlDir, program),
  };
}

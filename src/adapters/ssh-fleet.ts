import { PatchwardenError } from '../domain/errors.ts';
import type { CollectedAsset } from '../ports/asset-source.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import { collectHost, type SshSourceOptions } from './asset-source-ssh.ts';
import type { HostChannel } from './host-channel.ts';
import { type AnsibleOptions, createAnsibleChannels } from './host-channel-ansible.ts';
import { createSshChannel, type HelperPrivilege } from './host-channel-ssh.ts';
import { createHelperDriver } from './host-driver-helper.ts';
import { type InventoryHost, readInventory } from './inventory-file.ts';
import { closeSshMasters, openSshControl, sshTarget } from './ssh-run.ts';

export interface SshFleetOptions {
  /** As the fleet source has it. */
  readonly source: SshSourceOptions;
  /** How changes get there. */
  readonly through: FleetAccess;
  /** On the hosts. */
  readonly python?: string;
}

type FleetAccess =
  | { readonly kind: 'ssh'; readonly privilege: HelperPrivilege }
  /** By ansible-playbook with the inventory of the source: access and privilege are Ansible's. */
  | ({ readonly kind: 'ansible' } & Pick<AnsibleOptions, 'config' | 'program' | 'forks'>);

/** The hosts of one inventory to be changed and looked at one by one; connections are shared until it is closed. */
export interface SshFleet {
  readonly drivers: ReadonlyMap<string, HostDriver>;
  /** Looks at one host now. */
  collect(asset: string): Promise<CollectedAsset>;
  close(): Promise<void>;
}

/** @throws PatchwardenError `source-failed`, `bad-document` for the inventory */
export async function openSshFleet(options: SshFleetOptions): Promise<SshFleet> {
  const { source } = options;
  const all = await readInventory(source.inventory, source);
  const hosts = new Map(all.filter((h) => h.unsupported === undefined).map((h) => [h.asset, h]));
  const controlDir = openSshControl();
  const { program } = source;
  const channelOf = channels(options, controlDir);
  const drivers = new Map(
    [...hosts].map(([asset, host]) => [asset, createHelperDriver({ asset, channel: channelOf(host) })]),
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

function channels(
  { source, through, python }: SshFleetOptions,
  controlDir: string,
): (host: InventoryHost) => HostChannel {
  const onHosts = python === undefined ? {} : { python };
  if (through.kind === 'ansible') {
    const { kind: _, ...options } = through;
    const channelOf = createAnsibleChannels({ inventory: source.inventory, ...options, ...onHosts });
    return (host) => channelOf(host.name);
  }
  const { sshConfig, program } = source;
  return (host) => {
    const user = host.user ?? source.user;
    const target = sshTarget({
      host: host.host,
      controlDir,
      ...(user === undefined ? {} : { user }),
      ...(host.port === undefined ? {} : { port: host.port }),
      ...(sshConfig === undefined ? {} : { configFile: sshConfig }),
      ...(program === undefined ? {} : { program }),
    });
    return createSshChannel({ target, privilege: through.privilege, ...onHosts });
  };
}

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet, FleetHost } from './fleet.ts';
import { mustRun, type Ran, runAsync } from './fleet-run.ts';
import { cacheDir } from './root.ts';

const ANSIBLE_CORE = '2.19.14';

/** A virtual environment with ansible-core, made once (some seconds). @returns its bin directory */
export async function ansibleBin(): Promise<string> {
  const dir = join(cacheDir(), `ansible-core-${ANSIBLE_CORE}`);
  const bin = join(dir, 'bin');
  if (existsSync(join(dir, 'complete'))) return bin;
  // Paths inside a virtual environment are absolute: it is made where it stays.
  rmSync(dir, { recursive: true, force: true });
  await mustRun(['python3', '-m', 'venv', dir]);
  const install = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `ansible-core==${ANSIBLE_CORE}`,
  ];
  await mustRun([join(bin, 'python3'), ...install], { timeout: 300_000 });
  const marker = mkdtempSync(join(dir, 'done-'));
  renameSync(marker, join(dir, 'complete'));
  return bin;
}

/** Configuration and inventory with which ansible-core reaches a fleet. */
export interface AnsibleSetup {
  readonly dir: string;
  readonly config: string;
  readonly inventory: string;
  readonly bin: string;
  /** Runs a playbook given as data (JSON is YAML). `forks` hosts at once. */
  readonly play: (
    playbook: unknown,
    options?: { readonly forks?: number; readonly limit?: string },
  ) => Promise<Ran>;
}

const inventoryLine = (h: FleetHost): string =>
  `${h.name} ansible_host=${h.address} kind=${h.kind} ring=${h.ring} zone=${h.zone} slot=${h.name}`;

/** INI, in groups by kind, the labels as host variables. */
export const ansibleInventory = (hosts: readonly FleetHost[]): string =>
  [
    ...(['debian', 'dnf'] as const).flatMap((kind) => [
      `[${kind}]`,
      ...hosts.filter((h) => h.kind === kind).map(inventoryLine),
      '',
    ]),
    '[all:vars]',
    'ansible_python_interpreter=/usr/bin/python3',
    '',
  ].join('\n');

/** Writes the inventory and ansible.cfg of a fleet: pipelining and kept connections, as a careful user would set. */
export async function setUpAnsible(fleet: Fleet): Promise<AnsibleSetup> {
  const bin = await ansibleBin();
  const dir = join(fleet.dir, 'ansible');
  mkdirSync(dir, { recursive: true });
  const [config, inventory] = [join(dir, 'ansible.cfg'), join(dir, 'inventory.ini')];
  writeFileSync(inventory, ansibleInventory(fleet.hosts));
  writeFileSync(
    config,
    [
      '[defaults]',
      `inventory = ${inventory}`,
      'remote_user = ansible',
      'gathering = explicit',
      `local_tmp = ${join(dir, 'tmp')}`,
      'retry_files_enabled = false',
      'nocows = true',
      '[ssh_connection]',
      `ssh_args = -F ${fleet.sshConfig} -o ControlMaster=auto -o ControlPersist=60s`,
      `control_path_dir = ${dir}`,
      'pipelining = true',
      '',
    ].join('\n'),
  );
  return {
    dir,
    config,
    inventory,
    bin,
    play: async (playbook, options = {}) => {
      const file = join(dir, 'playbook.json');
      writeFileSync(file, JSON.stringify(playbook));
      const { forks = 20, limit } = options;
      const limited = limit === undefined ? [] : ['--limit', limit];
      return runAsync([join(bin, 'ansible-playbook'), '--forks', String(forks), ...limited, file], {
        timeout: 600_000,
        env: {
          ANSIBLE_CONFIG: config,
          HOME: dir,
          LC_ALL: 'C.UTF-8',
          PATH: `${bin}:${process.env.PATH ?? ''}`,
        },
      });
    },
  };
}

/** The playbook that anybody would write: exactly this version, so many hosts at a time. */
export const upgradePlaybook = (version: string, serial = 20): unknown => [
  {
    hosts: 'all',
    become: true,
    gather_facts: false,
    serial,
    max_fail_percentage: 0,
    tasks: [
      {
        name: 'service',
        'ansible.builtin.apt': { name: `pw-web=${version}`, update_cache: false },
        when: "kind == 'debian'",
      },
      {
        name: 'service',
        'ansible.builtin.dnf': { name: `pw-web-${version}`, state: 'present' },
        when: "kind == 'dnf'",
      },
    ],
  },
];

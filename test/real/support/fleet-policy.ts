import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateLogKey } from '../../../src/adapters/log-keys.ts';
import { canonicalDocument } from '../../../src/contracts/canonical.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { Calendar } from '../../../src/contracts/generated/calendar.ts';
import type { Signer } from '../../../src/ports/git.ts';
import { type CliResult, cli } from '../../support/cli.ts';
import { CONFIG, createWorld, git, ROLES, type World } from '../../support/git-fixtures.ts';
import { type AnsibleSetup, ansibleInventory } from './ansible.ts';
import type { ServiceFleet } from './fleet-service.ts';
import { SERVICE_PORT } from './service-package.ts';
import { osvRecords } from './service-package-repository.ts';

/** A policy repository over a service fleet, driven through the command line only. */
export interface FleetPolicy extends World {
  /** Runs a verb on the clone; `as` sets whose clone it is first. */
  readonly run: (args: readonly string[], as?: Signer) => Promise<CliResult>;
  /** The same with the keys of the bot and the trust anchor. */
  readonly bot: (...args: string[]) => Promise<CliResult>;
  /** The arguments of {@link bot}, for a test that starts the program itself. */
  readonly botArgs: readonly string[];
  /** scan, sync, reconcile. @returns what reconcile did */
  readonly propose: () => Promise<ReconcileReport>;
  /** One `apply`. */
  readonly apply: () => Promise<ApplyReport>;
  /** Approves and merges every open pull request. @returns their titles */
  readonly mergeOpen: () => Promise<readonly string[]>;
  readonly dispose: () => void;
}

export interface ReconcileReport {
  readonly code: number;
  readonly actions: readonly { readonly action: string; readonly kind: string; readonly scope: string }[];
  readonly stderr: string;
  readonly stdout: string;
}

export interface ApplyReport {
  readonly code: number;
  /** Why another controller has the hosts now; null: none has. */
  readonly busy: string | null;
  readonly rings: readonly { readonly ring: string; readonly state: string; readonly reason: string }[];
  readonly hosts: readonly { readonly asset: string; readonly state: string; readonly reason: string }[];
  readonly stderr: string;
}

export interface FleetPolicyOptions {
  /** Change hosts through ansible-core, with this setup, in place of ssh and sudo. */
  readonly ansible?: AnsibleSetup;
  /** Versions that have an advisory. */
  readonly versions: readonly string[];
  readonly baseline?: Partial<Baseline>;
  /** When hosts may be touched; without it, always. */
  readonly calendar?: Calendar;
}

const inRing = (ring: string) => ({ all: [{ label: 'ring', in: [ring] }] });

/** Three rings, checks that take seconds where an operator takes minutes. */
export const WEB: Baseline = {
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id: 'web',
  owner: 'team:ops',
  mode: 'apply',
  select: {},
  priority: 10,
  approve: [{ id: 'security', match: { classification: ['security'] } }],
  deadlines: [],
  rings: [
    { id: 'canary', select: inRing('canary'), merge: 'human', bake: { minutes: 0 }, budget: { hosts: 3 } },
    { id: 'early', select: inRing('early'), merge: 'human', bake: { minutes: 0 }, budget: { hosts: 3 } },
    { id: 'main', select: inRing('main'), merge: 'human', bake: { minutes: 0 }, budget: { hosts: 5 } },
  ],
  reboot: 'if-required',
  rollback: 'package',
  verify: {
    soakSeconds: 3,
    probes: [
      { id: 'healthz', kind: 'http', url: `http://127.0.0.1:${SERVICE_PORT}/healthz`, timeoutSeconds: 2 },
    ],
    cpu: { sampleSeconds: 5, everySeconds: 1, minSamples: 3 },
  },
};

const driverOf = (ansible: AnsibleSetup | undefined) =>
  ansible === undefined
    ? { kind: 'ssh' as const, source: 'fleet' }
    : {
        kind: 'ansible' as const,
        source: 'fleet',
        config: ansible.config,
        program: join(ansible.bin, 'ansible-playbook'),
      };

/** Fresh policy repository, state and artifacts for a fleet. */
export function buildFleetPolicy(rig: ServiceFleet, options: FleetPolicyOptions): FleetPolicy {
  const { fleet, url, repository } = rig;
  const home = mkdtempSync(join(fleet.dir, 'policy-'));
  const intel = join(home, 'intel');
  mkdirSync(intel);
  for (const [name, text] of Object.entries(osvRecords(options.versions)))
    writeFileSync(join(intel, name), text);
  const inventory = join(home, 'inventory.ini');
  writeFileSync(inventory, ansibleInventory(fleet.hosts));
  const log = generateLogKey('fleet.example.org/evidence');
  const logKey = join(home, 'log.key');
  writeFileSync(logKey, log.signer, { mode: 0o600 });
  const keyring = 'keys/fleet.asc';
  const dnf = fleet.hosts.some((h) => h.kind === 'dnf');
  const world = createWorld({
    'patchwarden.json': canonicalDocument('Config', {
      ...CONFIG,
      fleet: {
        sources: [
          {
            kind: 'ssh',
            id: 'fleet',
            inventory,
            format: 'ansible',
            sshConfig: fleet.sshConfig,
            labelsFrom: { ring: 'ring', slot: 'slot', zone: 'zone' },
          },
        ],
      },
      labels: Object.fromEntries(['ring', 'slot', 'zone'].map((l) => [l, { source: 'inventory' as const }])),
      intel: { feeds: [{ kind: 'osv', path: intel }] },
      packages: {
        sources: [
          { id: 'debian', kind: 'apt-url', url: `${url}/debian`, suite: 'bookworm-security', keyring },
          ...(dnf
            ? [
                {
                  id: 'fleet-rpm',
                  kind: 'rpm-url' as const,
                  baseurl: `${url}/rpm`,
                  stream: 'almalinux:9:x86_64',
                  repo: 'fleet',
                  keyring,
                },
              ]
            : []),
        ],
      },
      state: { kind: 'directory', path: join(home, 'state') },
      artifacts: { kind: 'directory', path: join(home, 'artifacts') },
      drivers: [driverOf(options.ansible)],
    }),
    [keyring]: repository.key,
    'baselines/servers.json': null,
    'baselines/web.json': canonicalDocument('Baseline', {
      ...WEB,
      ...(options.calendar && { calendar: options.calendar.id }),
      ...options.baseline,
    }),
    ...(options.calendar && {
      [`calendars/${options.calendar.id}.json`]: canonicalDocument('Calendar', options.calendar),
    }),
    'locks/servers/prod.lock.json': null,
    'roles.json': canonicalDocument('Roles', { ...ROLES, log: { key: log.verifier } }),
  });
  const run = (args: readonly string[], as?: Signer) => {
    if (as)
      for (const [key, value] of Object.entries({ name: as.name, email: as.email, signingkey: as.key }))
        git(world.clone, ['config', `user.${key}`, value]);
    return cli([...args, '--repo', world.clone]);
  };
  const botArgs = ['--bot-key', world.keys.bot.key, '--log-key', logKey, '--trust-anchor', world.anchor];
  const bot = (...args: string[]) => run([...args, ...botArgs]);
  const must = (result: CliResult, what: string): CliResult => {
    if (result.code !== 0)
      throw new Error(`${what}: exit ${result.code}\n${result.stdout}\n${result.stderr}`);
    return result;
  };
  return {
    ...world,
    run,
    bot,
    botArgs: [...botArgs, '--repo', world.clone],
    propose: async () => {
      for (const verb of ['scan', 'sync']) must(await run([verb, '--format', 'json']), verb);
      const { code, stdout, stderr } = await bot('reconcile', '--format', 'json');
      const actions =
        stdout === '' ? [] : (JSON.parse(stdout) as { actions: ReconcileReport['actions'] }).actions;
      return { code, actions, stderr, stdout };
    },
    apply: async () => {
      const { code, stdout, stderr } = await bot('apply', '--format', 'json', '--patience', '5');
      const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Partial<ApplyReport>;
      return {
        code,
        busy: result.busy ?? null,
        rings: result.rings ?? [],
        hosts: result.hosts ?? [],
        stderr: stderr + stdout,
      };
    },
    mergeOpen: async () => {
      const listed = must(await run(['pr', 'list', '--format', 'json']), 'pr list').stdout;
      const { pulls } = JSON.parse(listed) as {
        pulls: readonly { readonly number: number; readonly title: string; readonly state: string }[];
      };
      const open = pulls.filter((p) => p.state === 'open');
      for (const { number } of open) {
        const id = String(number);
        must(await run(['pr', 'approve', id, '--format', 'json'], world.keys.approver), `approve ${id}`);
        must(await run(['pr', 'merge', id, '--format', 'json'], world.keys.merger), `merge ${id}`);
      }
      return open.map((p) => p.title);
    },
    dispose: () => {
      world.dispose();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

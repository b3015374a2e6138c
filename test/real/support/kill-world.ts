import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/adapters/clock-system.ts';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import { gitLease, LEASE_REF } from '../../../src/adapters/lease-git.ts';
import { generateLogKey } from '../../../src/adapters/log-keys.ts';
import { openSshFleet } from '../../../src/adapters/ssh-fleet.ts';
import { auditVerify } from '../../../src/app/audit.ts';
import { createWire, type Wire } from '../../../src/app/wire.ts';
import { runCli } from '../../../src/cli/cli.ts';
import { canonicalDocument } from '../../../src/contracts/canonical.ts';
import type { EvidenceVerdict } from '../../../src/domain/evidence.ts';
import type { RolloutResult } from '../../../src/rollout/outcome.ts';
import { cli } from '../../support/cli.ts';
import { BASELINE, CONFIG, createWorld, git, ROLES } from '../../support/git-fixtures.ts';
import { osvRecord } from './osv-record.ts';
import type { TestRepository } from './repository.ts';
import type { SshRig, SshTestHost } from './ssh-hosts.ts';

/** What a host of the matrix starts with: a source of packages it has heard of, and sudo for the helper. */
export const KILL_HOST_FILES = {
  'etc/apt/sources.list': 'deb http://security.example.org/debian-security bookworm-security main\n',
  'var/lib/apt/lists/security.example.org_debian-security_dists_bookworm-security_InRelease':
    'Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\nCodename: bookworm-security\nSHA256:\n',
  'etc/sudoers.d/patchwarden': 'patchwarden ALL=(root) NOPASSWD: /usr/bin/python3 -I -\n',
};

/** What to end, and when; as kill-front.py reads it. */
export interface KillPlan {
  readonly who: 'controller' | 'ssh' | 'sshd' | 'call';
  /** Name of a call, such as `receipt 2`. */
  readonly step: string;
  readonly moment: string;
}

/** One host over real ssh, and a policy repository with a merged lock for it. */
export interface KillWorld {
  /** Brings host, repository, evidence and state back to the moment after the merge. */
  readonly reset: () => Promise<void>;
  /** `apply` by the command line, as a process of its own that can be ended. @returns whether something was */
  readonly applyApart: (plan?: KillPlan) => Promise<boolean>;
  /** The same in this process. */
  readonly apply: (plan?: KillPlan) => Promise<RolloutResult & { readonly struck: boolean }>;
  /** Calls of the last apply that was watched, by name. */
  readonly trace: () => readonly string[];
  /** Lets the lease of a controller that is gone run out, as three minutes would. */
  readonly leaseRunsOut: () => Promise<void>;
  /** `audit verify` with the trust anchor. */
  readonly verify: () => Promise<EvidenceVerdict>;
  readonly host: SshTestHost;
  readonly remove: () => void;
}

/** @param repository has `pw-kill` 1.0, which the host begins with, and what the merged lock brings it to */
export async function buildKillWorld(
  rig: Pick<SshRig, 'sshConfig'>,
  host: SshTestHost,
  repository: TestRepository,
): Promise<KillWorld> {
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-kill-'));
  const place = (...names: string[]) => join(home, ...names);
  for (const name of ['now/intel', 'lane/bin']) mkdirSync(place(name), { recursive: true });
  const fixed = repository.debs.at(-1)?.version ?? '';
  const advisory = osvRecord('CVE-2026-1000', { name: 'pw-kill', fixed });
  writeFileSync(place('now/intel/CVE-2026-1000.json'), JSON.stringify(advisory));
  writeFileSync(place('inventory.txt'), `${host.name}\n`);
  putFronts(place('lane'));
  const log = generateLogKey('kill.example.org/evidence');
  const logKey = place('log.key');
  writeFileSync(logKey, log.signer, { mode: 0o600 });
  const world = createWorld({
    ...policy(place, repository.dir, rig.sshConfig),
    'roles.json': canonicalDocument('Roles', { ...ROLES, log: { key: log.verifier } }),
  });
  const keys = ['--bot-key', world.keys.bot.key, '--log-key', logKey, '--trust-anchor', world.anchor];
  const argv = (args: readonly string[]) => [...args, '--repo', world.clone];
  /** The command line in this process: programs start once, and not for every verb. */
  const run = async (args: readonly string[], more: Partial<Wire> = {}) => {
    const said: string[] = [];
    const hear = (text: string) => said.push(text);
    const io = { cwd: home, env: {}, out: hear, err: hear, isTty: false };
    const code = await runCli(argv(args), { ...io, wire: { ...wire(), ...more } });
    return { code, said: said.join('') };
  };
  const must = async (...args: string[]): Promise<void> => {
    const { code, said } = await run(args);
    if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}\n${said}`);
  };
  const as = (who: 'approver' | 'merger' | 'bot') => {
    const { name, email, key } = world.keys[who];
    for (const [word, value] of Object.entries({ name, email, signingkey: key }))
      git(world.clone, ['config', `user.${word}`, value]);
  };
  const rewind = async () => {
    await host.inside('sh', '-c', REWIND);
    const deb = repository.debs.find((d) => d.name === 'pw-kill' && d.version === '1.0');
    copyFileSync(deb?.path ?? '', `/proc/${host.pid()}/root/tmp/pw.deb`);
    await host.inside('dpkg', '-i', '/tmp/pw.deb');
  };
  const before = place('before');

  await rewind();
  for (const verb of ['scan', 'sync']) await must(verb);
  await must('reconcile', ...keys);
  as('approver');
  await must('pr', 'approve', '1');
  as('merger');
  await must('pr', 'merge', '1');
  cpSync(place('now'), join(before, 'now'), { recursive: true });
  cpSync(world.dir, join(before, 'world'), { recursive: true });

  const arm = (plan: KillPlan | undefined) => {
    for (const name of ['trace', 'plan', 'struck']) rmSync(place('lane', name), { force: true });
    if (plan) writeFileSync(place('lane/plan'), JSON.stringify(plan));
    writeFileSync(place('lane/host'), String(host.pid()));
  };
  const struck = () => existsSync(place('lane/struck'));
  return {
    host,
    reset: async () => {
      await rewind();
      for (const [from, to] of [
        ['now', place('now')],
        ['world', world.dir],
      ] as const) {
        rmSync(to, { recursive: true, force: true });
        cpSync(join(before, from), to, { recursive: true });
      }
    },
    applyApart: async (plan) => {
      arm(plan);
      const env = { PATH: `${place('lane/bin')}:${process.env.PATH ?? ''}` };
      await cli(argv(['apply', '--patience', '1', ...keys]), { env });
      return struck();
    },
    apply: async (plan) => {
      arm(plan);
      const program = place('lane/bin/ssh');
      const { said } = await run(
        ['apply', '--format', 'json', '--patience', '1', ...keys],
        plan
          ? { sshFleet: (o) => openSshFleet({ ...o, source: { ...o.source, program } }) }
          : { clock: { ...systemClock, sleep: (ms) => systemClock.sleep(ms / 5) } },
      );
      const result = said.split('\n').find((l) => l.startsWith('{"event":"result"'));
      if (result === undefined) throw new Error(`apply has no result: ${said}`);
      return { ...(JSON.parse(result) as RolloutResult), struck: struck() };
    },
    trace: () => readFileSync(place('lane/trace'), 'utf8').trim().split('\n'),
    leaseRunsOut: async () => {
      if (git(world.origin, ['for-each-ref', LEASE_REF]) === '') return;
      const text = git(world.origin, ['show', `${LEASE_REF}:lease.json`]);
      const { holder, epoch } = JSON.parse(text) as { holder: string; epoch: number };
      const clone = await openGit(world.clone);
      const signer = world.keys.bot;
      await gitLease({ git: clone, remote: 'origin', clock: systemClock, signer }).release(holder, epoch);
    },
    verify: async () => {
      const git = await openGit(world.clone);
      return auditVerify({ ...wire(), git }, { trustAnchor: world.anchor });
    },
    remove: () => {
      world.dispose();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Programs that stand in front of ssh and of `git push`. */
function putFronts(lane: string): void {
  const script = join(import.meta.dirname, 'kill-front.py');
  const front = (program: string) => `exec /usr/bin/python3 -I ${script} ${lane} ${program} "$@"`;
  const others = `case " $* " in *' push '*) ;; *) exec /usr/bin/git "$@" ;; esac`;
  for (const [program, lines] of Object.entries({ ssh: [front('ssh')], git: [others, front('git')] }))
    writeFileSync(join(lane, 'bin', program), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
}

const policy = (place: (name: string) => string, packages: string, sshConfig: string) => ({
  'patchwarden.json': canonicalDocument('Config', {
    ...CONFIG,
    fleet: { sources: [{ kind: 'ssh', id: 'fleet', inventory: place('inventory.txt'), sshConfig }] },
    intel: { feeds: [{ kind: 'osv', path: place('now/intel') }] },
    packages: { sources: [{ id: 'pw', kind: 'apt-directory', path: packages }] },
    state: { kind: 'directory', path: place('now/state') },
    artifacts: { kind: 'directory', path: place('now/artifacts') },
    drivers: [{ kind: 'ssh', source: 'fleet' }],
  }),
  'baselines/servers.json': canonicalDocument('Baseline', {
    ...BASELINE,
    mode: 'apply',
    rollback: 'package',
    verify: { soakSeconds: 0 },
    rings: [{ id: 'all', select: {}, merge: 'human' }],
  }),
  'locks/servers/prod.lock.json': null,
});

let engine: ReturnType<Wire['policy']> | undefined;

/** As the product has it, but silent, and the policy loaded once. */
function wire(): Wire {
  const real = createWire();
  const log = { info: () => undefined, warn: () => undefined };
  return { ...real, log, policy: () => (engine ??= real.policy()) };
}

const REWIND = [
  'dpkg --purge --force-all pw-kill >/dev/null 2>&1 || true',
  'rm -rf /var/lib/patchwarden /var/log/pw-kill.log /var/log/dpkg.log /home/patchwarden/.patchwarden-*',
].join('\n');

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { generateLogKey } from '../../src/adapters/log-keys.ts';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { Config } from '../../src/contracts/generated/config.ts';
import type { Signer } from '../../src/ports/git.ts';
import { type CliResult, cli, cliHere } from './cli.ts';
import type { CliRunner } from './cli-runner.ts';
import { BASELINE, CONFIG, createWorld, git, ROLES, type World } from './git-fixtures.ts';

const ORIGIN = 'debian:bookworm/main';
const DAY_MS = 86_400_000;

/** The UTC day so many days before the running test. */
export const daysAgo = (days: number): string =>
  new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** A vulnerability of one installed package, for which the newest version has the fix. */
export interface PaperVulnerability {
  readonly cve: string;
  readonly name: string;
  readonly epss: number;
  /** Day on which CISA listed it; undefined: it did not. */
  readonly kev?: string;
}

/**
 * A policy repository on the git forge with one host, `web-1`, or more that are the same list of packages. What it has, what is offered and
 * what is known of it are small files, so every verb but `apply` does its real work without root, network or other programs.
 */
export interface PaperFleet extends World {
  /** Runs a verb on the clone, in this process unless told; `as` sets whose clone it is first. */
  readonly run: (args: readonly string[], as?: Signer) => Promise<CliResult>;
  /** Runs a verb of the built program, with the keys of the bot and the trust anchor. */
  readonly bot: (...args: string[]) => Promise<CliResult>;
  /** The same where other verbs run. */
  readonly botHere: (...args: string[]) => Promise<CliResult>;
  /** Writes what the host has: versions by package. */
  readonly have: (versions: Readonly<Record<string, string>>) => void;
  /** File with the key that signs the evidence log. */
  readonly logKey: string;
  /** Writes the feeds as they are on a day. */
  readonly know: (vulnerabilities: readonly PaperVulnerability[], day: string) => void;
}

/** @param vulnerabilities known at the start, each of another package */
export function buildPaperFleet(
  vulnerabilities: readonly PaperVulnerability[],
  {
    baseline = {},
    labels = {},
    hosts = [{ id: 'web-1', labels }],
    config = {},
    accounts,
    env = {},
    files = {},
    here = cliHere,
  }: PaperFleetOptions,
): PaperFleet {
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-paper-'));
  const names = vulnerabilities.map((v) => v.name);
  const put = (path: string, content: unknown): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const know: PaperFleet['know'] = (known, day) => {
    for (const v of known) put(`osv/${v.cve}.json`, osvRecord(v));
    put('kev.json', kevCatalogue(known, day));
    put('epss.csv', epssScores(known, day));
  };
  know(vulnerabilities, daysAgo(2));
  const have: PaperFleet['have'] = (versions) =>
    put('host.lock.json', {
      version: 1,
      packages: Object.entries(versions).map((v) => installed(...v)),
    });
  have(Object.fromEntries(names.map((name) => [name, '1.0'])));
  put('packages/dists/bookworm/Release', 'Origin: Debian\nLabel: Debian\nCodename: bookworm\n');
  put('packages/dists/bookworm/main/binary-amd64/Packages', names.map(offered).join('\n'));

  const log = generateLogKey('paper.example.org/evidence');
  put('log.key', log.signer);
  const labelled = Object.keys(hosts[0]?.labels ?? {});
  const people = ROLES.people.map((p) => (accounts ? { ...p, accounts: [...(accounts[p.id] ?? [])] } : p));
  const world = createWorld({
    'patchwarden.json': canonicalDocument('Config', {
      ...CONFIG,
      fleet: {
        sources: hosts.map((host) => ({
          ...{ kind: 'file', id: host.id, path: join(home, 'host.lock.json'), stream: 'debian:12:amd64' },
          ...{ origins: [ORIGIN], labels: { ...host.labels } },
        })),
      },
      intel: {
        feeds: [
          { kind: 'osv', path: join(home, 'osv') },
          { kind: 'kev', path: join(home, 'kev.json') },
          { kind: 'epss', path: join(home, 'epss.csv') },
        ],
      },
      packages: {
        sources: [{ id: 'debian', kind: 'apt-directory', path: join(home, 'packages'), fetch: 'host' }],
      },
      state: { kind: 'directory', path: join(home, 'state') },
      artifacts: { kind: 'directory', path: join(home, 'artifacts') },
      ...(labelled.length === 0
        ? {}
        : { labels: Object.fromEntries(labelled.map((name) => [name, { source: 'inventory' as const }])) }),
      ...config,
    }),
    'baselines/servers.json': canonicalDocument('Baseline', {
      ...BASELINE,
      rings: [{ id: 'all', select: {}, merge: 'human' }],
      ...baseline,
    }),
    'locks/servers/prod.lock.json': null,
    'roles.json': canonicalDocument('Roles', {
      ...ROLES,
      people,
      roles: { ...ROLES.roles, operator: ['team:ops'] },
      ...(accounts ? { bot: { ...ROLES.bot, accounts: [...(accounts.bot ?? [])] } } : {}),
      approvals: { required: 1, edition: 2 },
      log: { key: log.verifier },
    }),
    ...files,
  });
  const run = (args: readonly string[], as?: Signer) => {
    if (as)
      for (const [key, value] of Object.entries({ name: as.name, email: as.email, signingkey: as.key }))
        git(world.clone, ['config', `user.${key}`, value]);
    return here([...args, '--repo', world.clone]);
  };
  const logKey = join(home, 'log.key');
  const keys = ['--bot-key', world.keys.bot.key, '--log-key', logKey];
  const asBot = (args: readonly string[]): readonly string[] =>
    [...args, '--repo', world.clone, ...keys].concat('--trust-anchor', world.anchor);
  const dispose = (): void => {
    rmSync(home, { recursive: true, force: true });
    world.dispose();
  };
  return {
    ...{ ...world, have, know, run, logKey, dispose },
    bot: (...args) => cli(asBot(args), { env }),
    botHere: (...args) => here(asBot(args), { env }),
  };
}

interface PaperFleetOptions {
  readonly baseline?: Partial<Baseline>;
  /** Of the one host. */
  readonly labels?: Readonly<Record<string, string>>;
  /** All with the same names of labels. */
  readonly hosts?: readonly { readonly id: string; readonly labels: Readonly<Record<string, string>> }[];
  readonly config?: Partial<Config>;
  /** Of people by their id, and of `bot`. */
  readonly accounts?: Readonly<Record<string, readonly string[]>>;
  /** Of the built program. */
  readonly env?: Record<string, string>;
  /** Documents beside config, roles and the baseline; null leaves one out. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** What runs verbs, in the place of this process. */
  readonly here?: CliRunner['run'];
}

/** What a verb printed as JSON; a failing one fails the test with what it said. */
export function printed<T>(result: CliResult): T {
  expect(result.code, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as T;
}

const pool = (name: string, version: string): string =>
  `pool/main/${name[0]}/${name}/${name}_${version}_amd64.deb`;

/** @see rules_distroless, whose lock files name the packages of an image */
const installed = (name: string, version: string) => ({
  ...{ name, version, arch: 'amd64', key: `${name}_${version}_amd64`, dependencies: [] },
  ...{ sha256: '0'.repeat(64), url: `https://deb.example.org/${pool(name, version)}` },
});

const offered = (name: string): string =>
  [
    `Package: ${name}`,
    'Version: 1.1',
    'Architecture: amd64',
    `Filename: ${pool(name, '1.1')}`,
    'Size: 1000',
    `SHA256: ${'1'.repeat(64)}`,
    '',
  ].join('\n');

const osvRecord = ({ cve, name }: PaperVulnerability) => ({
  schema_version: '1.6.0',
  id: cve,
  published: `${daysAgo(20)}T00:00:00Z`,
  modified: `${daysAgo(20)}T00:00:00Z`,
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N' }],
  affected: [
    {
      package: { ecosystem: 'Debian:12', name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.1' }] }],
    },
  ],
});

/** Never empty, and of one length: a catalogue that is not believed is another test. */
const kevCatalogue = (known: readonly PaperVulnerability[], day: string) => ({
  catalogVersion: day.replaceAll('-', '.'),
  vulnerabilities: known.map(({ kev }, i) => ({
    cveID: kev === undefined ? `CVE-1999-${1000 + i}` : known[i]?.cve,
    dateAdded: kev ?? '2020-01-01',
  })),
});

const epssScores = (known: readonly PaperVulnerability[], day: string): string =>
  [
    `#model_version:v2025.03.14,score_date:${day}T00:00:00+0000`,
    'cve,epss,percentile',
    ...known.map((v) => `${v.cve},${v.epss},0.5`),
    '',
  ].join('\n');

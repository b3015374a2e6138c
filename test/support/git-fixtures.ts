import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { Config } from '../../src/contracts/generated/config.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import type { Signer } from '../../src/ports/git.ts';
import { allowedSignersOf, type Keys, testKeys, type Who } from './keys.ts';
import { sharedDir } from './temp-dir.ts';

export const NOW = '2024-10-24T12:00:00Z';
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Runs real git, away from the settings of whoever runs the tests. @returns stdout without the last newline. */
export function git(
  dir: string,
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): string {
  const out = execFileSync('git', args, {
    cwd: dir,
    input: options.input ?? '',
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  });
  return out.toString('utf8').replace(/\n$/, '');
}

export interface RawCommit {
  /** Commit or tree to start from; undefined: empty. */
  readonly base?: string;
  /** Path → content; null deletes; a link is written as `{ link: target }`. */
  readonly files?: Readonly<Record<string, string | null | { readonly link: string }>>;
  readonly parents: readonly string[];
  readonly message: string;
  /** Whose key signs; null: unsigned. */
  readonly signer: Signer | null;
  readonly author?: { readonly name: string; readonly email: string };
  readonly committer?: { readonly name: string; readonly email: string };
  readonly at?: string;
}

/** Writes any commit, also those that the product would never write. @returns its id. */
export function rawCommit(dir: string, commit: RawCommit): string {
  const scratch = mkdtempSync(join(tmpdir(), 'patchwarden-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(scratch, 'index') };
    git(dir, ['read-tree', ...(commit.base ? [commit.base] : ['--empty'])], { env });
    const lines = Object.entries(commit.files ?? {}).map(([path, content]) => {
      if (content === null) return `0 ${'0'.repeat(40)}\t${path}`;
      const text = typeof content === 'string' ? content : content.link;
      const blob = git(dir, ['hash-object', '-w', '--stdin'], { input: text });
      return `${typeof content === 'string' ? '100644' : '120000'} ${blob}\t${path}`;
    });
    git(dir, ['update-index', '--index-info'], { env, input: lines.map((l) => `${l}\n`).join('') });
    return commitTree(dir, git(dir, ['write-tree'], { env }), commit);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Commits a ready tree. */
export function commitTree(dir: string, tree: string, commit: Omit<RawCommit, 'base' | 'files'>): string {
  const committer = commit.committer ?? commit.signer ?? { name: 'Nobody', email: 'nobody@example.com' };
  const author = commit.author ?? committer;
  const date = `${Math.floor(Date.parse(commit.at ?? NOW) / 1000)} +0000`;
  return git(
    dir,
    [
      ...(commit.signer ? ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${commit.signer.key}`] : []),
      'commit-tree',
      tree,
      ...commit.parents.flatMap((p) => ['-p', p]),
      ...(commit.signer ? ['-S'] : []),
      '-F',
      '-',
    ],
    {
      input: commit.message,
      env: {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: date,
      },
    },
  );
}

export const ROLES: Roles = {
  apiVersion: 'patchwarden/v1',
  kind: 'Roles',
  id: 'roles',
  people: [
    { id: 'anna', principals: ['anna@example.org', 'anna@home.example'], teams: ['ops'] },
    { id: 'ben', principals: ['ben@example.org'], teams: ['ops'] },
    { id: 'cleo', principals: ['cleo@example.org'], teams: ['security'] },
    { id: 'mia', principals: ['mia@example.org'], teams: ['release'] },
  ],
  bot: { principals: ['bot@example.org'] },
  roles: {
    author: ['team:ops', 'team:security'],
    approver: ['team:ops', 'team:security'],
    merger: ['team:release', 'person:ben'],
  },
  approvals: { required: 1 },
  log: { key: 'log.example.org/patchwarden+00000000+AAAA' },
};

export const CONFIG: Config = {
  apiVersion: 'patchwarden/v1',
  kind: 'Config',
  id: 'patchwarden',
  repository: 'example.org/fleet',
  forge: { kind: 'git', remote: 'origin' },
  fleet: { sources: [] },
  intel: { feeds: [] },
  packages: { sources: [] },
  state: { kind: 'directory', path: '.state' },
};

/** Two rings: `canary` merges by itself, `prod` by people. */
export const BASELINE: Baseline = {
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id: 'servers',
  mode: 'propose',
  owner: 'team:ops',
  select: {},
  priority: 10,
  approve: [{ id: 'security', match: { classification: ['security'] } }],
  deadlines: [],
  rings: [
    { id: 'canary', select: { all: [{ label: 'env', in: ['test'] }] }, merge: 'auto' },
    { id: 'prod', select: {}, merge: 'human' },
  ],
};

/** A lock of that baseline with one package in the given version. */
export function lockText(ring: 'canary' | 'prod', version: string, generation = 1): string {
  const digest = `sha256:${'0'.repeat(64)}`;
  const lock: PatchLock = {
    apiVersion: 'patchwarden/v1',
    kind: 'PatchLock',
    id: ring,
    baseline: 'servers',
    ring,
    generation,
    closure: 'unchecked',
    entries: {
      'pkg:deb/debian/openssl?arch=amd64&distro=debian-12': {
        version,
        sha256: '1'.repeat(64),
        size: 1000,
        origin: 'debian:bookworm-security/main',
        role: 'upgrade',
        advisories: ['DSA-5532-1'],
        firstSeen: '2024-10-01',
        approvedBy: 'security',
      },
    },
    removes: [],
    resolvedFrom: { baseline: digest, fleet: digest, intel: digest, packages: digest, policy: digest },
  };
  return json(lock);
}

/** A bare origin, a clone of it, and keys for everybody. `anchor` is the first commit of `main`. */
export interface World {
  readonly dir: string;
  readonly origin: string;
  readonly clone: string;
  readonly anchor: string;
  readonly keys: Keys;
  readonly roles: Roles;
  readonly allowedSigners: string;
  dispose(): void;
}

const KNOWN: readonly Who[] = ['author', 'alias', 'approver', 'approver2', 'merger', 'bot'];

const templates = new Map<string, { readonly dir: string; readonly anchor: string }>();

/**
 * A fresh world in a temporary directory. `files` replace or join the documents of the first commit.
 * The clone's own identity is the approver's. The first of a kind is built by git, the next are copies of it.
 */
export function createWorld(files: Readonly<Record<string, string | null>> = {}): World {
  const keys = testKeys();
  const allowedSigners = allowedSignersOf(keys, KNOWN);
  const name = JSON.stringify(files);
  const template =
    templates.get(name) ?? buildTemplate(keys, { 'allowed-signers': allowedSigners, ...files });
  templates.set(name, template);
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-world-'));
  cpSync(template.dir, dir, { recursive: true });
  const config = join(dir, 'clone', '.git', 'config');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(template.dir, dir));
  return {
    dir,
    origin: join(dir, 'origin.git'),
    clone: join(dir, 'clone'),
    anchor: template.anchor,
    keys,
    roles: ROLES,
    allowedSigners,
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function buildTemplate(
  keys: Keys,
  files: Readonly<Record<string, string | null>>,
): { readonly dir: string; readonly anchor: string } {
  const dir = sharedDir();
  const [origin, clone] = [join(dir, 'origin.git'), join(dir, 'clone')];
  git(dir, ['init', '-q', '--bare', '--template=', '--initial-branch=main', origin]);
  const anchor = rawCommit(origin, {
    files: {
      'README.md': 'A test fleet.\n',
      'patchwarden.json': json(CONFIG),
      'roles.json': json(ROLES),
      'baselines/servers.json': json(BASELINE),
      'locks/servers/prod.lock.json': lockText('prod', '3.0.11-1~deb12u1'),
      ...files,
    },
    parents: [],
    message: 'Start\n',
    signer: keys.merger,
  });
  git(origin, ['update-ref', 'refs/heads/main', anchor]);
  git(dir, ['clone', '-q', '--template=', origin, clone]);
  for (const [key, value] of [
    ['user.name', keys.approver.name],
    ['user.email', keys.approver.email],
    ['user.signingkey', keys.approver.key],
    ['gpg.format', 'ssh'],
  ] as const)
    git(clone, ['config', key, value]);
  return { dir, anchor };
}

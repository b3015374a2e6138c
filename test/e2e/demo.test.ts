import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, cliHere } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Demo {
  readonly directory: string;
  readonly origin: string;
  readonly repository: string;
  readonly bundled: string | null;
  readonly findings: number;
  readonly proposals: readonly {
    readonly number: number;
    readonly state: string;
    readonly files: readonly string[];
    readonly contentDigest: string;
  }[];
  readonly anchor: string;
  readonly evidence: { readonly entries: number; readonly head: string };
}

const git = (dir: string, ...args: string[]) =>
  execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
let demo: Demo;
let keys: string[];

const home = realpathSync(mkdtempSync(join(tmpdir(), 'patchwarden-e2e-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));

beforeAll(async () => {
  const root = join(home, 'root');
  mkdirSync(root);
  const dir = join(home, 'demo');
  const { code, stdout, stderr } = await cli(['demo', '--root', root, '--dir', dir, '--format', 'json']);
  expect(stderr).toContain('bundled real host');
  expect(code).toBe(0);
  demo = JSON.parse(stdout) as Demo;
  keys = [
    '--bot-key',
    join(dir, 'keys/bot'),
    '--log-key',
    join(dir, 'keys/evidence-log'),
    '--trust-anchor',
    demo.anchor,
  ];
});
const repo = () => ['--repo', demo.repository];
const pristine = () => git(demo.origin, 'for-each-ref');

describe('the demo on the bundled host', () => {
  it('opens, approves and merges a pull request with a patch lock', () => {
    expect(demo.bundled).toContain('no dpkg packages');
    expect(demo.findings).toBeGreaterThan(0);
    expect(demo.proposals).toMatchObject([
      { number: 1, state: 'merged', files: ['locks/servers/all.lock.json'] },
    ]);
    expect(demo.evidence.entries).toBe(3);
  });
  it('leaves an ordinary bare repository that any git can clone, with exact versions and digests in the lock', () => {
    const clone = join(tempDir(), 'clone');
    execFileSync('git', ['clone', '-q', demo.origin, clone]);
    const lock = JSON.parse(git(clone, 'show', 'main:locks/servers/all.lock.json')) as {
      entries: Record<string, { sha256: string; version: string }>;
    };
    for (const entry of Object.values(lock.entries))
      expect(entry).toMatchObject({
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        version: expect.any(String),
      });
    expect(git(clone, 'log', '--format=%B', '-1', 'main')).toMatch(/Patchwarden-Evidence: \d+:[0-9a-f]{64}/);
  });
  it('verifies from the trust anchor', async () => {
    const { code, stdout } = await cliHere([
      'audit',
      'verify',
      ...repo(),
      '--trust-anchor',
      demo.anchor,
      '--format',
      'json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ok: true, entries: 3, head: demo.evidence.head });
  });
  it('has a lock that patchwarden validate accepts', async () => {
    git(demo.repository, 'pull', '-q');
    expect(await cliHere(['validate', ...repo()])).toMatchObject({ code: 0 });
  });
  it('R2: a further reconcile writes nothing', async () => {
    const before = pristine();
    const { code, stdout } = await cli(['reconcile', ...repo(), ...keys, '--format', 'json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { actions: unknown[] }).actions).toEqual([]);
    expect(pristine()).toBe(before);
  });
  it('status is the same twice, byte for byte, and --as-of moves what is overdue', async () => {
    const at = (asOf: string) => ['status', ...repo(), '--format', 'json', '--as-of', asOf];
    const middle = (await cli(at('2024-06-01T00:00:00Z'))).stdout;
    expect((await cliHere(at('2024-06-01T00:00:00Z'))).stdout).toBe(middle);
    const overdue = (text: string) => (JSON.parse(text) as { overdue: number }).overdue;
    expect(overdue((await cliHere(at('2023-01-01T00:00:00Z'))).stdout)).toBe(0);
    expect(overdue((await cliHere(at('2030-01-01T00:00:00Z'))).stdout)).toBeGreaterThan(overdue(middle));
  });
});

describe('what is refused, with a sentence, an exit code, and nothing written', () => {
  it.each<[string, () => Promise<string[]>, number, RegExp]>([
    [
      'reconcile without a trust anchor',
      async () => ['reconcile', ...repo(), ...keys.slice(0, 4)],
      5,
      /no trust anchor/,
    ],
    [
      'reconcile with an anchor that is no commit here',
      async () => ['reconcile', ...repo(), ...keys.slice(0, 4), '--trust-anchor', '0'.repeat(40)],
      5,
      /trust anchor/,
    ],
    [
      'reconcile without keys',
      async () => ['reconcile', ...repo(), '--trust-anchor', demo.anchor],
      2,
      /--bot-key and --log-key/,
    ],
    [
      'a directory that is no repository',
      async () => ['reconcile', '--repo', tempDir(), ...keys],
      2,
      /not the top directory of a Git repository/,
    ],
    [
      'apply without a trust anchor',
      async () => ['apply', ...repo(), ...keys.slice(0, 4)],
      5,
      /no trust anchor/,
    ],
    [
      'status in a directory that is no policy repository',
      async () => ['status', '--repo', tempDir()],
      2,
      /no policy repository/,
    ],
    [
      'a merged pull request approved again',
      async () => ['pr', 'approve', '1', ...repo()],
      1,
      /merged already/,
    ],
    [
      'a pull request that is not there',
      async () => ['pr', 'show', '99', ...repo()],
      2,
      /no pull request 99/,
    ],
    [
      'a demo into a directory that is not empty',
      async () => ['demo', '--dir', demo.directory],
      2,
      /is not empty/,
    ],
    ['a moment that is none', async () => ['status', ...repo(), '--as-of', 'yesterday'], 2, /as-of/],
  ])('%s', async (_what, args, code, sentence) => {
    const before = pristine();
    const result = await cliHere(await args());
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr).not.toContain('    at ');
    expect(result).toMatchObject({ code, stdout: '' });
    expect(pristine()).toBe(before);
  });

  it('a dirty clone', async () => {
    const stray = join(demo.repository, 'baselines', 'new.json');
    writeFileSync(stray, '{}');
    const result = await cliHere(['reconcile', ...repo(), ...keys]);
    rmSync(stray);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('baselines/new.json') });
  });

  it('a clone with commits that the protected branch does not have', async () => {
    const clone = join(tempDir(), 'clone');
    execFileSync('git', ['clone', '-q', demo.origin, clone]);
    mkdirSync(join(clone, 'docs'));
    writeFileSync(join(clone, 'docs/x.md'), 'x');
    git(clone, 'add', '.');
    git(clone, '-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qm', 'mine');
    expect(await cliHere(['reconcile', '--repo', clone, ...keys])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not have'),
    });
  });

  it('a lock pushed to the protected branch without approvals stops reconcile and apply, exit 5', async () => {
    const origin = join(tempDir(), 'origin.git');
    execFileSync('git', ['clone', '-q', '--mirror', demo.origin, origin]);
    const clone = join(tempDir(), 'clone');
    execFileSync('git', ['clone', '-q', origin, clone]);
    const lock = join(clone, 'locks/servers/all.lock.json');
    writeFileSync(
      lock,
      git(clone, 'show', 'main:locks/servers/all.lock.json').replace('"generation": 1', '"generation": 2') +
        '\n',
    );
    git(clone, '-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qam', 'just a fix');
    git(clone, 'push', '-q', 'origin', 'main');
    for (const verb of ['reconcile', 'apply']) {
      const result = await cli([verb, '--repo', clone, ...keys]);
      expect(result).toMatchObject({ code: 5, stdout: '' });
      expect(result.stderr).toContain('locks/servers/all.lock.json');
    }
  });
});

describe('the verbs that need no repository', () => {
  it('leaves nothing behind but the directory it names', () => {
    expect(readdirSync(demo.directory).sort()).toEqual([
      'artifacts',
      'keys',
      'origin.git',
      'repository',
      'state',
    ]);
    expect(existsSync(join(demo.repository, '.patchwarden'))).toBe(false);
  });
  it('prints the schema of every document kind', async () => {
    const { code, stdout } = await cliHere(['schema', 'patch-lock']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'PatchLock' });
  });
});

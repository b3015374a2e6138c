import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult } from '../support/cli.ts';
import { cli } from '../support/cli.ts';
import { commitTree, git, rawCommit } from '../support/git-fixtures.ts';
import { buildLoopWorld, type LoopWorld } from './support/loop-world.ts';
import { debOf } from './support/packages.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { buildRoot, type TestRoot } from './support/root.ts';
import { resetRoot } from './support/root-state.ts';
import { whyNoRoot } from './support/run.ts';

const why = whyNoRoot();
const LOCK = 'locks/servers/all.lock.json';

/** What the verb printed; a failing one fails the test with what it said. */
function json<T>(result: CliResult): T {
  expect(result.code, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as T;
}

/** The last line of an event stream: the result. */
const lastJson = <T>(result: CliResult): T =>
  json({ ...result, stdout: result.stdout.trimEnd().split('\n').at(-1) ?? '' });

describe.skipIf(why !== undefined)(
  `the whole loop on a Debian root${why ? ` (skipped: ${why})` : ''}`,
  () => {
    let root: TestRoot;
    let repository: TestRepository;
    let world: LoopWorld;

    beforeAll(() => {
      root = buildRoot();
      repository = buildRepository();
      repository.addTo(root);
    });
    afterAll(() => {
      repository?.remove();
      root?.remove();
    });
    beforeEach(() => {
      resetRoot(root, [debOf(repository.debs, 'pw-app', '1.0')]);
      world = buildLoopWorld(root, repository);
      return () => world.dispose();
    });

    /** scan, sync, reconcile, approve, merge. */
    async function merged(): Promise<void> {
      for (const verb of ['scan', 'sync']) json(await world.run([verb, '--format', 'json']));
      const { actions } = json<{ actions: unknown[] }>(await world.bot('reconcile', '--format', 'json'));
      expect(actions).toMatchObject([{ action: 'open', number: 1 }]);
      json(await world.run(['pr', 'approve', '1', '--format', 'json'], world.keys.approver));
      json(await world.run(['pr', 'merge', '1', '--format', 'json'], world.keys.merger));
    }

    it('check → pull request → approve → merge → apply → evidence verifies', async () => {
      const report = json<{
        findings: { kind: string; advisory: string | null; status: string; component: { name: string } }[];
      }>(
        await cli([
          'check',
          root.dir,
          '--intel',
          world.intel,
          '--packages',
          repository.dir,
          '--format',
          'json',
        ]),
      );
      expect(
        report.findings.filter((f) => f.component.name === 'pw-app' && f.kind === 'vulnerability'),
      ).toMatchObject([
        { advisory: 'CVE-2026-1000', fixedIn: '1.1', severity: 'critical', status: 'missing' },
      ]);

      await merged();
      const lock = JSON.parse(git(world.origin, ['show', `main:${LOCK}`])) as {
        closure: string;
        entries: Record<string, { version: string; role: string; sha256: string; advisories: string[] }>;
      };
      expect(lock.closure).toBe('checked');
      expect(
        Object.entries(lock.entries).map(([key, e]) => [key.split('?')[0], e.version, e.role, e.advisories]),
      ).toEqual([
        ['pkg:deb/debian/pw-app', '1.1', 'upgrade', ['CVE-2026-1000']],
        ['pkg:deb/debian/pw-lib', '1.0', 'dependency', []],
      ]);
      expect(Object.values(lock.entries)[0]?.sha256).toBe(debOf(repository.debs, 'pw-app', '1.1').sha256);

      const plan = await world.bot('apply', '--plan');
      expect(plan.stdout).toContain('pw-app');
      expect(root.dpkg('pw-app')).toBe('1.0 ii');

      expect(lastJson(await world.bot('apply', '--format', 'json'))).toMatchObject({
        hosts: [{ asset: 'web-1', state: 'patched' }],
      });
      expect(root.dpkg('pw-app')).toBe('1.1 ii');
      expect(root.dpkg('pw-lib')).toBe('1.0 ii');

      const log = json<{ type: string }[]>(await world.run(['audit', 'log', '--format', 'json']));
      expect(
        log.map((e) => (e as unknown as { entry?: { type: string }; type: string }).entry?.type ?? e.type),
      ).toEqual(['proposal', 'approval', 'merge', 'intent', 'effect', 'verification', 'proven']);
      const verified = json(
        await world.run(['audit', 'verify', '--trust-anchor', world.anchor, '--format', 'json']),
      );
      expect(verified).toMatchObject({ ok: true, entries: 7 });

      // Nothing is left to do, for any of them.
      json(await world.run(['scan', '--format', 'json']));
      expect(json(await world.bot('reconcile', '--format', 'json'))).toMatchObject({ actions: [] });
      expect(lastJson(await world.bot('apply', '--format', 'json'))).toMatchObject({
        hosts: [{ state: 'patched' }],
        rings: [{ state: 'proven' }],
      });
      expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');
    });

    it('a tampered package is refused and the host untouched', async () => {
      await merged();
      const { sha256 } = debOf(repository.debs, 'pw-app', '1.1');
      const file = join(world.artifacts, 'sha256', sha256.slice(0, 2), sha256.slice(2));
      writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('x')]));
      const before = root.read('var/lib/dpkg/status');
      const result = await world.bot('apply', '--format', 'json');
      expect(result.code, result.stderr).toBe(5);
      expect(root.read('var/lib/dpkg/status')).toBe(before);
      expect(root.dpkg('pw-app')).toBe('1.0 ii');
    });

    it('a package whose bytes are not those of its index never gets into a lock', async () => {
      const { path } = debOf(repository.debs, 'pw-lib', '1.0');
      const good = readFileSync(path);
      writeFileSync(path, Buffer.concat([good, Buffer.from('x')]));
      try {
        for (const verb of ['scan', 'sync']) json(await world.run([verb, '--format', 'json']));
        const result = await world.bot('reconcile', '--format', 'json');
        expect(result.code).toBe(3);
        expect(result.stdout).toContain('other bytes');
        expect(git(world.origin, ['for-each-ref', 'refs/patchwarden'])).toBe('');
      } finally {
        writeFileSync(path, good);
      }
    });

    it('a lock that names bytes the store does not hold stops with exit 3', async () => {
      await merged();
      const { sha256 } = debOf(repository.debs, 'pw-lib', '1.0');
      rmSync(join(world.artifacts, 'sha256', sha256.slice(0, 2), sha256.slice(2)));
      const result = await world.bot('apply', '--format', 'json');
      expect(result.code, result.stderr).toBe(3);
      expect(root.dpkg('pw-app')).toBe('1.0 ii');
    });

    it('a lock pushed to the protected branch without approvals stops apply with exit 5', async () => {
      await merged();
      const head = git(world.origin, ['rev-parse', 'main']);
      const text = git(world.origin, ['show', `main:${LOCK}`]);
      const commit = rawCommit(world.origin, {
        base: head,
        files: { [LOCK]: `${text.replace('"generation": 1', '"generation": 2')}\n` },
        parents: [head],
        message: 'Quick fix\n',
        signer: world.keys.merger,
      });
      git(world.origin, ['update-ref', 'refs/heads/main', commit]);
      const result = await world.bot('apply');
      expect(result).toMatchObject({ code: 5, stdout: '' });
      expect(result.stderr).toContain(LOCK);
      expect(root.dpkg('pw-app')).toBe('1.0 ii');
    });

    it('one flipped byte in the evidence, and the last entry cut off, are exit 5', async () => {
      await merged();
      lastJson(await world.bot('apply', '--format', 'json'));
      const branch = 'refs/heads/patchwarden/evidence';
      const head = git(world.origin, ['rev-parse', branch]);
      const verify = () => world.run(['audit', 'verify', '--trust-anchor', world.anchor, '--format', 'json']);
      const listing = git(world.origin, ['ls-tree', '-r', '--name-only', head]).split('\n');
      const bundle = listing.find((f) => f.startsWith('tile/entries/')) ?? '';
      const bytes = execFileSync('git', ['-C', world.origin, 'show', `${head}:${bundle}`]);
      bytes.write('m', bytes.indexOf('"outcome":"installed"') + 15);
      const blob = execFileSync('git', ['-C', world.origin, 'hash-object', '-w', '--stdin'], { input: bytes })
        .toString()
        .trim();
      const env = { GIT_INDEX_FILE: join(world.dir, 'index') };
      git(world.origin, ['read-tree', head], { env });
      git(world.origin, ['update-index', '--cacheinfo', `100644,${blob},${bundle}`], { env });
      const tree = git(world.origin, ['write-tree'], { env });
      const message = git(world.origin, ['log', '-1', '--format=%B', head]);
      const parents = [git(world.origin, ['rev-parse', `${head}~1`])];
      git(world.origin, [
        'update-ref',
        branch,
        commitTree(world.origin, tree, { parents, message, signer: world.keys.bot }),
      ]);
      const flipped = await verify();
      expect(flipped.code).toBe(5);
      const { ok, problems } = JSON.parse(flipped.stdout) as { ok: boolean; problems: unknown[] };
      expect(ok).toBe(false);
      expect(problems[0]).toMatchObject({ entry: 4, message: expect.stringContaining('entry 4 (effect)') });
      // The branch as it was one append ago: every byte is genuine and signed, only the end is missing.
      git(world.origin, ['update-ref', branch, `${head}~1`]);
      const cut = await verify();
      expect(cut.code).toBe(5);
    });
  },
);

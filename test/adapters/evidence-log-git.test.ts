import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gitEvidenceLog } from '../../src/adapters/evidence-log-git.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import type { PatchwardenError } from '../../src/domain/errors.ts';
import type { EvidenceLog } from '../../src/ports/evidence-log.ts';
import type { Git } from '../../src/ports/git.ts';
import { logTiles, tilePath } from '../../src/util/tlog/tile-paths.ts';
import { evidenceLogConformance } from '../ports/evidence-log.conformance.ts';
import { logKey, proposalEntry, proposals, story } from '../support/builders/evidence.ts';
import { createWorld, git, NOW, rawCommit, type World } from '../support/git-fixtures.ts';

const BRANCH = 'refs/heads/patchwarden/evidence';
const key = logKey();
const clock = { now: () => NOW };

let world: World;
let repository: Git;
beforeAll(async () => {
  world = createWorld();
  repository = await openGit(world.clone);
});
afterAll(() => world.dispose());

const logOf = (over: Partial<Git> = {}): EvidenceLog =>
  gitEvidenceLog({
    git: { ...repository, ...over },
    remote: 'origin',
    clock,
    verifier: key.verifier.text,
    writer: { key, signer: world.keys.bot },
  });
const clear = () => git(world.origin, ['update-ref', '-d', BRANCH]);
const tree = () => git(world.origin, ['ls-tree', '-r', '--name-only', BRANCH]).split('\n').sort();

describe('the evidence log on a branch', () => {
  evidenceLogConformance(async () => {
    clear();
    let rival: (() => Promise<unknown>) | undefined;
    const push: Git['push'] = async (...args) => {
      const work = rival;
      rival = undefined;
      await work?.();
      return repository.push(...args);
    };
    return {
      a: logOf({ push }),
      b: logOf(),
      meanwhile: (work) => {
        rival = work;
      },
    };
  });

  test('each append is one commit, signed by the bot, after the one before, naming the state it makes', async () => {
    clear();
    const first = await logOf().append(story());
    const second = await logOf().append(proposals(3));
    const [head = '', parent = ''] = git(world.origin, ['rev-list', BRANCH]).split('\n');
    const commit = await repository.readCommit(head);
    expect(commit.parents).toEqual([parent]);
    expect((await repository.readCommit(parent)).parents).toEqual([]);
    expect(commit.trailers).toEqual([{ key: 'Patchwarden-Evidence', value: `8:${second.root}` }]);
    expect((await repository.readCommit(parent)).trailers[0]?.value).toBe(`5:${first.root}`);
    expect(await repository.verifyCommit(head, world.allowedSigners)).toMatchObject({
      valid: true,
      principal: world.keys.bot.email,
    });
    expect(
      git(world.origin, ['show', `${BRANCH}:checkpoint`])
        .split('\n')
        .slice(0, 2),
    ).toEqual([key.verifier.name, '8']);
  });

  test('the tree holds just the files of its size, also when partial tiles fill up', async () => {
    clear();
    for (const [batch, total] of [
      [200, 200],
      [56, 256],
      [1, 257],
    ] as const) {
      await logOf().append(proposals(batch, total - batch));
      expect(tree()).toEqual(['checkpoint', ...logTiles(total).map(tilePath)].sort());
    }
    expect(await logOf().entries()).toEqual(proposals(257));
  });

  test('a push that arrived though its answer was lost counts as done', async () => {
    clear();
    const push: Git['push'] = async (...args) => {
      await repository.push(...args);
      throw new Error('the line went dead');
    };
    expect(await logOf({ push }).append(story())).toMatchObject({ size: 5 });
    expect(await logOf().entries()).toHaveLength(5);
  });

  test('a push that did not arrive fails, and nothing is there', async () => {
    clear();
    const push: Git['push'] = async () => {
      throw new Error('the line is dead');
    };
    await expect(logOf({ push }).append(story())).rejects.toThrow('the line is dead');
    expect(await logOf().head()).toMatchObject({ size: 0 });
  });

  test('a branch that was deleted on the remote is gone here too', async () => {
    clear();
    await logOf().append(story());
    clear();
    expect(await logOf().head()).toMatchObject({ size: 0 });
  });

  test('a log that does not verify is neither read nor continued', async () => {
    clear();
    await logOf().append(story());
    const good = git(world.origin, ['rev-parse', BRANCH]);
    const attempts = [
      { checkpoint: null },
      { checkpoint: 'hello\n' },
      { 'tile/entries/000.p/5': 'other bytes' },
      { 'tile/0/000.p/5': 'x'.repeat(160) },
      { 'tile/0/000.p/5': null },
    ];
    for (const files of attempts) {
      const bad = rawCommit(world.origin, {
        base: good,
        files,
        parents: [good],
        message: 'Evidence\n',
        signer: world.keys.bot,
      });
      git(world.origin, ['update-ref', BRANCH, bad]);
      await expect(logOf().append(proposals(1))).rejects.toMatchObject({ code: 'evidence-broken' });
      await expect(logOf().entries()).rejects.toMatchObject({ code: 'evidence-broken' });
    }
  });

  test('a log opened for reading, or with the wrong key, cannot append', async () => {
    clear();
    const options = { git: repository, remote: 'origin', clock, verifier: key.verifier.text };
    await expect(gitEvidenceLog(options).append(story())).rejects.toMatchObject({ code: 'usage' });
    const writer = { key: logKey(8), signer: world.keys.bot };
    expect(() => gitEvidenceLog({ ...options, writer })).toThrow('is not the one whose public half');
    expect(() => gitEvidenceLog({ ...options, verifier: 'log+00000000+AAAA' })).toThrow('of no use');
  });

  test('writers in two clones at the same time lose and double nothing', async () => {
    clear();
    const second = join(world.dir, 'second');
    git(world.dir, ['clone', '-q', world.origin, second]);
    const logs = [logOf(), logOf(await openGit(second))];
    const write = async (log: EvidenceLog, pull: number): Promise<void> => {
      try {
        await log.append([proposalEntry({ pull })]);
      } catch (error) {
        if ((error as PatchwardenError).code !== 'lease-lost') throw error;
        await write(log, pull);
      }
    };
    await Promise.all(
      logs.map(async (log, i) => {
        for (let n = 1; n <= 4; n += 1) await write(log, i * 100 + n);
      }),
    );
    const pulls = (await logOf().entries()).map((e) => (e.type === 'proposal' ? e.pull : 0));
    expect(pulls.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 101, 102, 103, 104]);
  });

  test('10,000 entries in ten appends', async () => {
    clear();
    const log = logOf();
    const start = performance.now();
    for (let batch = 0; batch < 10; batch += 1) await log.append(proposals(1000, batch * 1000));
    const appended = performance.now();
    expect(await log.entries()).toHaveLength(10_000);
    const read = performance.now();
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    console.info(
      `evidence: 10,000 entries appended in ${seconds(appended - start)} s, read in ${seconds(read - appended)} s`,
    );
    expect(appended - start).toBeLessThan(30_000);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Git, NewCommit } from '../../src/ports/git.ts';
import { createWorld, rawCommit, git as rawGit, type World } from '../support/git-fixtures.ts';
import { allowedSignersOf } from '../support/keys.ts';

/** What every implementation of the Git port must do, on real repositories. */
export function gitConformance(name: string, open: (dir: string) => Promise<Git>): void {
  describe(`${name} as Git`, () => {
    let world: World;
    let git: Git;
    beforeAll(async () => {
      world = createWorld();
      git = await open(world.clone);
    });
    afterAll(() => world.dispose());

    const commit = (over: Partial<NewCommit> = {}): NewCommit => ({
      base: world.anchor,
      files: new Map([['locks/a.json', '{}\n']]),
      parents: [world.anchor],
      message: 'Subject\n\nBody: not a trailer block, because\nthis line is none.\n',
      signer: world.keys.bot,
      at: '2024-10-24T12:00:00Z',
      ...over,
    });

    it('resolves references and commit ids, and answers undefined for what is not there', async () => {
      expect(await git.resolve('refs/heads/main')).toBe(world.anchor);
      expect(await git.resolve(world.anchor)).toBe(world.anchor);
      expect(await git.resolve('refs/heads/none')).toBeUndefined();
      expect(await git.resolve('0'.repeat(40))).toBeUndefined();
    });

    it('writes a signed commit on top of a base without touching the work tree', async () => {
      const files = new Map<string, string | Uint8Array | null>([
        ['locks/a.json', '{}\n'],
        ['README.md', null],
        ['data.bin', Uint8Array.of(0, 255, 10)],
      ]);
      const id = await git.createCommit(commit({ files }));
      const made = await git.readCommit(id);
      expect(made).toMatchObject({
        parents: [world.anchor],
        author: { name: 'Patchwarden Bot', email: 'bot@example.org', at: '2024-10-24T12:00:00Z' },
        committer: { email: 'bot@example.org' },
        trailers: [],
      });
      expect(await git.readFile(id, 'locks/a.json')).toBe('{}\n');
      expect(await git.readFile(id, 'README.md')).toBeUndefined();
      expect(await git.readBytes(id, 'data.bin')).toEqual(Buffer.from([0, 255, 10]));
      expect(await git.readFile(id, 'roles.json')).toBe(await git.readFile(world.anchor, 'roles.json'));
      expect(await git.workTree()).toEqual({ branch: 'refs/heads/main', head: world.anchor, dirty: [] });
      expect(await git.verifyCommit(id, world.allowedSigners)).toMatchObject({
        valid: true,
        principal: 'bot@example.org',
        fingerprint: expect.stringMatching(/^SHA256:/),
      });
    });

    it('makes the same commit from the same input, so that a repeated run adds nothing', async () => {
      const [a, b] = [await git.createCommit(commit()), await git.createCommit(commit())];
      expect(a).toBe(b);
    });

    it('starts from nothing where there is no base', async () => {
      const id = await git.createCommit(commit({ base: null, parents: [] }));
      expect((await git.listTree(id, '')).map((e) => e.path)).toEqual(['locks/a.json']);
      expect((await git.readCommit(id)).parents).toEqual([]);
    });

    it('reads the trailers of the last paragraph in order', async () => {
      const id = await git.createCommit(
        commit({ message: 'S\n\nBody\n\nA-Key: 1\nB: two words\nA-Key: 3\n' }),
      );
      expect((await git.readCommit(id)).trailers).toEqual([
        { key: 'A-Key', value: '1' },
        { key: 'B', value: 'two words' },
        { key: 'A-Key', value: '3' },
      ]);
    });

    it('lists files below a prefix, sorted', async () => {
      const all = (await git.listTree(world.anchor, '')).map((e) => e.path);
      expect(all).toEqual([...all].sort());
      expect(all).toContain('roles.json');
      expect((await git.listTree(world.anchor, 'locks')).map((e) => e.path)).toEqual([
        'locks/servers/prod.lock.json',
      ]);
      expect(await git.listTree(world.anchor, 'nowhere')).toEqual([]);
    });

    it('tells what differs between two trees', async () => {
      const id = await git.createCommit(
        commit({
          files: new Map([
            ['new.txt', 'n'],
            ['roles.json', '{}'],
            ['README.md', null],
          ]),
        }),
      );
      expect(await git.diffTrees(world.anchor, id)).toEqual([
        { path: 'README.md', change: 'deleted', blob: null, mode: null },
        { path: 'new.txt', change: 'added', blob: expect.stringMatching(/^[0-9a-f]{40}$/), mode: '100644' },
        { path: 'roles.json', change: 'modified', blob: expect.any(String), mode: '100644' },
      ]);
      expect(await git.diffTrees(id, id)).toEqual([]);
      expect((await git.diffTrees(null, id)).every((c) => c.change === 'added')).toBe(true);
    });

    it('refuses links instead of following them', async () => {
      const id = rawCommit(world.clone, {
        base: world.anchor,
        files: { 'roles.json': { link: '/etc/passwd' } },
        parents: [world.anchor],
        message: 'x\n',
        signer: null,
      });
      await expect(git.readFile(id, 'roles.json')).rejects.toMatchObject({ code: 'bad-document' });
    });

    it('reads many objects at once and says which are missing', async () => {
      const [file, none, object] = await git.readObjects([
        `${world.anchor}:README.md`,
        `${world.anchor}:none`,
        world.anchor,
      ]);
      expect(Buffer.from(file ?? []).toString()).toBe('A test fleet.\n');
      expect(none).toBeUndefined();
      expect(Buffer.from(object ?? []).toString()).toBe(await git.rawCommit(world.anchor));
    });

    it('keeps a raw commit object under the id that its bytes have', async () => {
      const id = await git.createCommit(commit());
      const raw = await git.rawCommit(id);
      expect(await git.storeCommit(raw)).toBe(id);
      expect(await git.storeCommit(raw.replace('Subject', 'Other'))).not.toBe(id);
    });

    describe('signatures', () => {
      const make = (signer: keyof World['keys'] | null) =>
        rawCommit(world.clone, {
          parents: [],
          message: 'signed?\n',
          signer: signer && world.keys[signer],
        });

      it('tells an unsigned commit from one of an unknown key and from a forged one', async () => {
        const check = (id: string) => git.verifyCommit(id, world.allowedSigners);
        expect(await check(make(null))).toEqual({ valid: false, reason: 'unsigned' });
        expect(await check(make('outsider'))).toEqual({ valid: false, reason: 'unknown-key' });
        const raw = await git.rawCommit(make('approver'));
        const forged = await git.storeCommit(raw.replace('signed?', 'forged!'));
        expect(await check(forged)).toEqual({ valid: false, reason: 'bad-signature' });
        expect(await check(make('approver'))).toMatchObject({ valid: true, principal: 'ben@example.org' });
      });

      it('names the principal of the key, not who the commit says it is', async () => {
        const id = rawCommit(world.clone, {
          parents: [],
          message: 'x\n',
          signer: world.keys.author,
          committer: world.keys.approver,
        });
        expect(await git.verifyCommit(id, world.allowedSigners)).toMatchObject({
          principal: 'anna@example.org',
        });
      });

      it('counts a key only in its time of validity', async () => {
        const id = make('approver');
        const line = allowedSignersOf(world.keys, ['approver']);
        const from = (option: string) => line.replace(' ssh-', ` ${option} ssh-`);
        expect(await git.verifyCommit(id, from('valid-before="20240101"'))).toMatchObject({ valid: false });
        expect(await git.verifyCommit(id, from('valid-after="20240101"'))).toMatchObject({ valid: true });
      });

      it('does not take a signature of another form for one it knows', async () => {
        const raw = await git.rawCommit(make('approver'));
        const pgp = raw.replaceAll('SSH SIGNATURE', 'PGP SIGNATURE');
        expect(await git.verifyCommit(await git.storeCommit(pgp), world.allowedSigners)).toEqual({
          valid: false,
          reason: 'unknown-key',
        });
      });

      it('says which key cannot sign', async () => {
        const signer = { ...world.keys.bot, key: `${world.dir}/no-such-key` };
        await expect(git.createCommit(commit({ signer }))).rejects.toMatchObject({
          code: 'usage',
          message: expect.stringContaining('no-such-key'),
        });
      });
    });

    describe('lines of history', () => {
      it('walks first parents from a commit to another, and says when it is not on the line', async () => {
        const side = await git.createCommit(commit({ message: 'side\n' }));
        const { tree } = await git.readCommit(side);
        const merge = await git.commitTree({
          ...commit(),
          tree,
          parents: [world.anchor, side],
          message: 'm\n',
        });
        const last = await git.createCommit(commit({ base: merge, parents: [merge], message: 'last\n' }));
        expect(await git.firstParentLine(world.anchor, last)).toEqual([merge, last]);
        expect(await git.firstParentLine(last, last)).toEqual([]);
        expect(await git.firstParentLine(side, last)).toBeUndefined();
        expect(await git.commitsBetween(world.anchor, merge)).toEqual([side, merge]);
        expect(await git.isAncestor(side, last)).toBe(true);
        expect(await git.isAncestor(last, side)).toBe(false);
      });

      it('tells every version of a folder on the first-parent line', async () => {
        const write = (on: string, files: [string, string | null][], parents = [on]) =>
          git.createCommit(commit({ base: on, parents, files: new Map(files) }));
        const one = await write(world.anchor, [['docs/x.json', '1']]);
        const side = await write(one, [['docs/x.json', '2']]);
        const merge = await git.commitTree({
          ...commit({ parents: [one, side] }),
          tree: (await git.readCommit(side)).tree,
        });
        const gone = await write(merge, [
          ['docs/x.json', null],
          ['docs/y.json', '3'],
          ['docs-2/z.json', '4'],
        ]);
        const back = await write(gone, [['docs/x.json', '1']]);
        const versions = await git.versionsBelow(back, 'docs/');
        const contents = await git.readObjects(versions.map((v) => v.blob));
        const told = versions.map((v, i) => `${v.path} ${Buffer.from(contents[i] ?? []).toString()}`);
        expect(told.sort()).toEqual(['docs/x.json 1', 'docs/x.json 2', 'docs/y.json 3']);
        expect(await git.versionsBelow(world.anchor, 'docs/')).toEqual([]);
      });

      it('names where a path was changed last: its merge, and not the branch that brought it', async () => {
        const write = (on: string, files: [string, string | null][], message: string) =>
          git.createCommit(commit({ base: on, parents: [on], files: new Map(files), message }));
        const side = await write(world.anchor, [['docs/x.json', '1']], 'side\n');
        const { tree } = await git.readCommit(side);
        const merge = await git.commitTree({
          ...commit({ parents: [world.anchor, side], message: 'm\n' }),
          tree,
        });
        const other = await write(merge, [['docs/y.json', '2']], 'other\n');
        const gone = await write(other, [['docs/x.json', null]], 'gone\n');
        expect(await git.lastChange(other, 'docs/x.json')).toBe(merge);
        expect(await git.lastChange(side, 'docs/x.json')).toBe(side);
        expect(await git.lastChange(gone, 'docs/x.json')).toBe(gone);
        expect(await git.lastChange(gone, 'roles.json')).toBe(world.anchor);
        expect(await git.lastChange(world.anchor, 'docs/x.json')).toBeUndefined();
        // A name is a name, whatever a shell or git would make of it.
        for (const name of ['docs/*.json', ':(top)docs/y.json'])
          expect(await git.lastChange(gone, name)).toBeUndefined();
      });

      it('merges trees that fit and names the paths that do not', async () => {
        const change = (path: string, text: string) =>
          git.createCommit(commit({ files: new Map([[path, text]]) }));
        const [a, b, c] = [await change('a', '1'), await change('b', '2'), await change('a', 'other')];
        const merged = await git.mergeTree(a, b);
        expect(merged).toHaveProperty('tree');
        const tree = 'tree' in merged ? merged.tree : '';
        expect((await git.diffTrees(a, tree)).map((d) => d.path)).toEqual(['b']);
        expect(await git.mergeTree(a, c)).toEqual({ conflicts: ['a'] });
        expect(await git.mergeTree(world.anchor, a)).toEqual({ tree: (await git.readCommit(a)).tree });
      });
    });

    describe('references', () => {
      it('moves all or none, and only from where they were expected', async () => {
        const [x, y] = ['refs/patchwarden/test/x', 'refs/patchwarden/test/y'];
        const next = await git.createCommit(commit());
        await git.updateRefs([{ ref: x, to: world.anchor, expected: null }]);
        const both = (expected: string | null) => [
          { ref: y, to: world.anchor, expected: null },
          { ref: x, to: next, expected },
        ];
        await expect(git.updateRefs(both(next))).rejects.toMatchObject({ code: 'lease-lost' });
        await expect(git.updateRefs(both(null))).rejects.toMatchObject({ code: 'lease-lost' });
        expect(await git.resolve(y)).toBeUndefined();
        await git.updateRefs(both(world.anchor));
        expect([...(await git.refs('refs/patchwarden/test/'))]).toEqual([
          [x, next],
          [y, world.anchor],
        ]);
        await git.updateRefs([{ ref: x, to: null, expected: next }]);
        expect(await git.resolve(x)).toBeUndefined();
      });

      it('pushes atomically with leases', async () => {
        const [x, y] = ['refs/heads/lease/x', 'refs/heads/lease/y'];
        const next = await git.createCommit(commit());
        await git.push('origin', [{ ref: x, to: world.anchor, expected: null }]);
        for (const expected of [null, next])
          await expect(
            git.push('origin', [
              { ref: y, to: next, expected: null },
              { ref: x, to: next, expected },
            ]),
          ).rejects.toMatchObject({ code: 'lease-lost', message: expect.stringContaining(x) });
        const at = (ref: string) => rawGit(world.origin, ['for-each-ref', '--format=%(objectname)', ref]);
        expect([at(x), at(y)]).toEqual([world.anchor, '']);
        await git.push('origin', [
          { ref: y, to: next, expected: null },
          { ref: x, to: null, expected: world.anchor },
        ]);
        expect([at(x), at(y)]).toEqual(['', next]);
      });

      it('fetches what the remote has, and says so when it cannot', async () => {
        rawGit(world.origin, ['update-ref', 'refs/heads/fetched', world.anchor]);
        await git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']);
        expect(await git.resolve('refs/remotes/origin/fetched')).toBe(world.anchor);
        rawGit(world.origin, ['update-ref', '-d', 'refs/heads/fetched']);
        await git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']);
        expect(await git.resolve('refs/remotes/origin/fetched')).toBeUndefined();
        for (const action of [
          () => git.fetch('nowhere', ['refs/heads/main']),
          () => git.push('nowhere', [{ ref: 'refs/heads/z', to: world.anchor, expected: null }]),
        ])
          await expect(action()).rejects.toMatchObject({ code: 'forge-failed' });
      });
    });

    it('reads settings of the clone', async () => {
      expect(await git.config('user.email')).toBe('ben@example.org');
      expect(await git.config('patchwarden.none')).toBeUndefined();
    });
  });
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { createEvidenceWorld, EVIDENCE, type EvidenceWorld } from '../support/evidence-world.ts';
import { git, NOW, type RawCommit, rawCommit } from '../support/git-fixtures.ts';

let w: EvidenceWorld;
beforeAll(async () => {
  w = await createEvidenceWorld();
});
afterEach(() => w.reset());
afterAll(() => w.world.dispose());

/** The command line in this process, as a person in the clone would type it. */
async function run(argv: readonly string[], env: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const log = { info: () => {}, warn: (message: string) => void (err += `warning: ${message}\n`) };
  const code = await runCli(argv, {
    cwd: w.world.clone,
    env,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    wire: { ...createWire(), log },
  });
  return { code, out, err };
}
const verify = async (...more: readonly string[]) => {
  const { code, out, err } = await run(['audit', 'verify', '--format', 'json', ...more]);
  return { code, err, report: JSON.parse(out) };
};

/** Any commit on the remote's evidence branch. */
const forge = (files: RawCommit['files'], parents = [w.head], base = w.head) => {
  const commit = rawCommit(w.world.origin, {
    base,
    ...(files ? { files } : {}),
    parents,
    message: 'Evidence\n',
    signer: w.world.keys.bot,
  });
  git(w.world.origin, ['update-ref', EVIDENCE, commit]);
};
const show = (path: string, at = EVIDENCE) =>
  `${git(w.world.origin, ['cat-file', 'blob', `${at}:${path}`])}\n`;

describe('audit verify', () => {
  test('prints exactly ok, entries and head, ends 0, and says that the history was not walked', async () => {
    const { code, report, err } = await verify();
    const { size, root } = await w.log.head();
    expect(report).toEqual({ ok: true, entries: 6, head: `${size}:${root}` });
    expect(code).toBe(0);
    expect(err).toContain('the history of the protected branch was not walked');
    expect((await run(['audit', 'verify'])).out).toBe(
      `The evidence verifies: 6 entries, head ${size}:${root}.\n`,
    );
  });

  test('one flipped byte on the real branch ends 5 and names the entry', async () => {
    const origin = await openGit(w.world.origin);
    const path = 'tile/entries/000.p/6';
    const bytes = Buffer.from((await origin.readBytes(w.head, path)) ?? []);
    bytes.set(Buffer.from('7'), bytes.indexOf('"asset":"web-1"') + '"asset":"web-'.length);
    const flipped = await origin.createCommit({
      base: w.head,
      files: new Map([[path, bytes]]),
      parents: [w.head],
      message: 'Evidence\n',
      signer: w.world.keys.bot,
      at: NOW,
    });
    git(w.world.origin, ['update-ref', EVIDENCE, flipped]);
    const { code, report } = await verify();
    expect(code).toBe(5);
    expect(report).toMatchObject({ ok: false, entries: 6 });
    expect(report.problems[0]).toEqual({
      entry: 3,
      message:
        'entry 3 (intent): its bytes in tile/entries/000.p/6 are not those that tile/0 has the hash of',
    });
    expect((await run(['audit', 'log'])).code).toBe(5);
    expect((await run(['audit', 'verify'])).out).toContain('- entry 3 (intent): ');
  });

  test('the last entry cut off by going back a commit ends 5', async () => {
    const back = git(w.world.origin, ['rev-parse', `${EVIDENCE}~1`]);
    git(w.world.origin, ['update-ref', EVIDENCE, back]);
    // Nobody named the lost state yet but this controller.
    mkdirSync(join(w.world.clone, '.state/evidence'), { recursive: true });
    const { size, root } = { size: 6, root: show('checkpoint', w.head).split('\n')[2] ?? '' };
    const remembered = `${size}:${Buffer.from(root, 'base64').toString('hex')}\n`;
    writeFileSync(join(w.world.clone, '.state/evidence/head'), remembered);
    const { code, report } = await verify();
    expect(code).toBe(5);
    expect(report.problems).toHaveLength(1);
    expect(report.problems[0].message).toMatch(
      /the state location .* ends before entry 4: entries were cut off/,
    );
    w.reset();
    expect((await verify()).code).toBe(0);
  });

  test('a log gone back before what a merge names, or gone altogether, ends 5', async () => {
    const first = git(w.world.origin, ['rev-list', '--max-parents=0', EVIDENCE]);
    git(w.world.origin, ['update-ref', EVIDENCE, first]);
    expect((await verify()).report.problems.length).toBeGreaterThan(0);
    git(w.world.origin, ['update-ref', '-d', EVIDENCE]);
    const { code, report } = await verify();
    expect(code).toBe(5);
    expect(report).toMatchObject({ ok: false, entries: 0 });
    expect(report.problems[0].message).toContain(
      `commit ${w.merge.slice(0, 12)} of the protected branch names`,
    );
  });

  test.each<[string, () => void, RegExp]>([
    ['an extra file', () => forge({ 'notes.txt': 'hi' }), /notes.txt does not belong/],
    [
      'a link in place of a file',
      () => forge({ checkpoint: { link: 'tile' } }),
      /checkpoint is no plain file/,
    ],
    ['a missing tile', () => forge({ 'tile/0/000.p/6': null }), /tile\/0\/000.p\/6 is missing/],
    [
      'the checkpoint of an earlier state',
      () => forge({ checkpoint: show('checkpoint', `${EVIDENCE}~1`) }),
      /does not belong to a log of 4 entries/,
    ],
    ['a merge of two lines', () => forge({}, [w.head, w.merge]), /has 2 parents/],
    ['a commit that adds nothing', () => forge({}), /from 6 to 6 entries/],
    ['an orphan that replaces the branch', () => forge({}, []), /says in its message/],
  ])('%s ends 5', async (_, tamper, message) => {
    tamper();
    const { code, report } = await verify();
    expect(code).toBe(5);
    expect(report.problems.map((p: { message: string }) => p.message).join('\n')).toMatch(message);
  });

  test('with a trust anchor the history is walked too', async () => {
    const good = await verify('--trust-anchor', w.world.anchor);
    expect(good.report).toMatchObject({ ok: true });
    expect(good.err).toBe('');
    const { code, report } = await verify('--trust-anchor', 'f'.repeat(40));
    expect([code, report.ok]).toEqual([5, false]);
    expect(report.problems[0].message).toContain('the trust anchor');
    w.pushStraight({ 'roles.json': '{}' });
    expect((await run(['audit', 'verify'], { PATCHWARDEN_TRUST_ANCHOR: w.world.anchor })).code).toBe(2);
    const direct = w.pushStraight({ 'pins.json': '{}' });
    const walked = await run(['audit', 'verify'], { PATCHWARDEN_TRUST_ANCHOR: w.world.anchor });
    expect(walked.code).toBe(5);
    expect(walked.out).toContain(`commit ${direct.slice(0, 12)}`);
  });

  test('a commit that cannot be read ends 5', async () => {
    const raw = git(w.world.origin, ['cat-file', 'commit', w.head]).replace(/^gpgsig [^]*?\n\n/m, '\n');
    const twice = raw.replace(/^(tree .*\n)/, '$1$1');
    const bad = git(w.world.origin, ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], {
      input: twice,
    });
    git(w.world.origin, ['update-ref', EVIDENCE, bad]);
    const { code, err } = await run(['audit', 'verify', '--repo', w.world.origin]);
    expect(code).toBe(5);
    expect(err).toContain(`commit ${bad.slice(0, 12)} cannot be read`);
  });

  test('works on the bare origin as on a clone', async () => {
    const { code, report } = await verify('--repo', w.world.origin);
    expect([code, report.entries]).toEqual([0, 6]);
  });

  test('a directory that is no policy repository ends 2', async () => {
    expect((await run(['audit', 'verify', '--repo', '/'])).code).toBe(2);
    expect((await run(['audit', 'export'])).code).toBe(2);
    expect((await run(['audit', 'rumour'])).code).toBe(2);
  });

  test('a shallow clone proves nothing', async () => {
    const shallow = join(w.world.dir, 'shallow');
    git(w.world.dir, ['clone', '-q', '--depth', '1', `file://${w.world.origin}`, shallow]);
    const { code, err } = await run(['audit', 'verify', '--repo', shallow]);
    expect(code).toBe(5);
    expect(err).toContain('git fetch --unshallow');
  });
});

describe('audit log', () => {
  test('prints one line an entry', async () => {
    const { code, out } = await run(['audit', 'log']);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(
      /^1 {2}\S+Z {2}approval {6}[0-9a-f]{12} {2}pull request 1: approved by ben, content /,
    );
  });

  test('prints an array as JSON', async () => {
    const entries = JSON.parse((await run(['audit', 'log', '--format', 'json'])).out);
    expect(entries.map((e: { entry: unknown }) => e.entry)).toEqual(w.entries);
    expect(entries[4]).toMatchObject({ index: 4, type: 'effect', time: '2024-10-24T12:00:00Z' });
    expect(entries[4].leaf).toMatch(/^[0-9a-f]{64}$/);
  });
});

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { policyTree } from '../support/policy-tree.ts';
import { tempDir } from '../support/temp-dir.ts';

async function cli(cwd: string, ...argv: readonly string[]) {
  let out = '';
  let err = '';
  const logged: string[] = [];
  const log = { info: (m: string) => void logged.push(m), warn: (m: string) => void logged.push(m) };
  const code = await runCli(argv, {
    cwd,
    env: {},
    out: (t) => void (out += t),
    err: (t) => void (err += t),
    isTty: false,
    wire: { ...createWire(), log },
  });
  return { code, out, err, logged };
}

function repository(changes: Parameters<typeof policyTree>[0] = {}): string {
  const dir = tempDir();
  for (const [path, text] of policyTree(changes)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const HOLD = 'holds/openssl-3.0.15.json';
const good = policyTree().get(HOLD) ?? '';
const compact = JSON.stringify(JSON.parse(good));

describe('patchwarden validate', () => {
  it('ends 0 on a good repository, named or here', async () => {
    const dir = repository();
    expect(await cli(dir, 'validate')).toMatchObject({ code: 0, out: '8 documents, no problem\n', err: '' });
    const json = await cli('/', 'validate', '--repo', dir, '--format', 'json');
    expect([json.code, JSON.parse(json.out)]).toEqual([0, { ok: true, problems: [], fixed: [] }]);
  });

  it('ends 2 on own rules that are not built, and says what to do', async () => {
    const dir = repository({ 'policies/x.rego': 'package custom.x\n' });
    expect(await cli(dir, 'validate')).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /^policies\/build\/manifest\.json:1:1: policies\/ has rules, and policies\/build\/policy\.wasm is missing; run patchwarden policy build/,
      ),
    });
  });

  it('ends 2 and prints every problem as file:line:column: sentence', async () => {
    const dir = repository({
      [HOLD]: good.replace('openssl"', 'open ssl"'),
      'pins.json': '{ "id": 1, "id": 2 }\n',
    });
    const { code, out } = await cli(dir, 'validate');
    expect(code).toBe(2);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        /^holds\/openssl-3\.0\.15\.json:6:14: "package" must be a package name: .*, but is "open ssl"$/,
      ),
      'pins.json:1:12: the key "id" is given twice, in line 1 and here in line 1; keep one of them',
      '2 problems in 2 files',
      '',
    ]);
    const json = await cli(dir, 'validate', '--format', 'json');
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      fixed: [],
      problems: [
        { file: HOLD, line: 6, column: 14, code: 'schema', severity: 'error' },
        { code: 'forbidden-key' },
      ],
    });
  });

  it('--fix writes the canonical form once; --dry-run only tells', async () => {
    const dir = repository({ [HOLD]: compact });
    expect((await cli(dir, 'validate')).code).toBe(2);
    const dry = await cli(dir, 'validate', '--fix', '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: `would rewrite ${HOLD}\n8 documents, no problem\n` });
    expect(dry.logged).toEqual([`dry run: would write ${join(dir, HOLD)}`]);
    expect(readFileSync(join(dir, HOLD), 'utf8')).toBe(compact);

    expect(await cli(dir, 'validate', '--fix')).toMatchObject({
      code: 0,
      out: `rewrote ${HOLD}\n8 documents, no problem\n`,
    });
    expect(readFileSync(join(dir, HOLD), 'utf8')).toBe(good);
    expect(readdirSync(join(dir, 'holds'))).toEqual(['openssl-3.0.15.json']);
    expect((await cli(dir, 'validate', '--fix')).out).toBe('8 documents, no problem\n');
  });

  it('reads no document through a symbolic link', async () => {
    const dir = repository({ [HOLD]: null });
    writeFileSync(join(dir, 'elsewhere.json'), good);
    mkdirSync(join(dir, 'holds'));
    symlinkSync('../elsewhere.json', join(dir, HOLD));
    const { code, out } = await cli(dir, 'validate', '--fix');
    expect([code, out]).toEqual([
      2,
      expect.stringMatching(/^holds\/openssl-3\.0\.15\.json:1:1: .*symbolic link/),
    ]);
  });

  it('ends 2 where there is no policy repository', async () => {
    const { code, err, out } = await cli(tempDir(), 'validate');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/is no policy repository: it has no patchwarden\.json/);
  });

  it('accepts the example repository', async () => {
    const dir = new URL('../../examples/repository', import.meta.url).pathname;
    expect((await cli('/', 'validate', '--repo', dir)).out).toMatch(/no problem\n$/);
  });
});

describe('patchwarden schema', () => {
  it.each(['patch-lock', 'PatchLock'])('prints the schema of %s alone on stdout', async (kind) => {
    const { code, out, err } = await cli('/', 'schema', kind);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      title: 'PatchLock',
      definitions: { digest: { type: 'string' } },
    });
  });

  it('ends 2 and lists the kinds for another name', async () => {
    const { code, out, err } = await cli('/', 'schema', 'basline');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/no kind "basline"; did you mean baseline\?; kinds are config, baseline, exception/);
  });
});

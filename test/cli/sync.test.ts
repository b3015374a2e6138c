import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

async function patchwarden(...argv: readonly string[]) {
  const log: string[] = [];
  const out: string[] = [];
  const note = (text: string): void => void log.push(text);
  const code = await runCli(argv, {
    cwd: '/',
    env: {},
    out: (text) => void out.push(text),
    err: note,
    isTty: false,
    wire: {
      ...createWire(),
      clock: { now: () => '2026-11-22T12:00:00Z', sleep: async () => undefined },
      log: { info: note, warn: note },
    },
  });
  return { code, out: out.join(''), err: log.join('\n') };
}

describe('patchwarden sync', () => {
  it('names its feeds, and leaves a feed that shrank to a person', async () => {
    const dir = tempDir();
    cpSync(EXAMPLES, dir, { recursive: true, filter: (path) => !path.includes('.patchwarden') });
    const repo = join(dir, 'repository');
    const first = await patchwarden('sync', '--repo', repo);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^ +\.\.\/data\/epss +epss +249 +2024-10-27$/m);

    const manifest = join(repo, '.patchwarden/state/intel/manifest.json');
    const before = readFileSync(manifest, 'utf8');
    const records = readdirSync(join(dir, 'data/osv')).map((name) => join(dir, 'data/osv', name));
    // The newest stays, or the feed would go back.
    const older = records.filter((path) => !readFileSync(path, 'utf8').includes('2024-10-24T08:53:40'));
    for (const path of older.slice(0, 40)) rmSync(path);
    const refused = await patchwarden('sync', '--repo', repo, '--format', 'json');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain(
      'the feed ../data/osv shrank from 309 to 269 records, by more than 10 %: the intelligence in force stays',
    );
    expect(JSON.parse(refused.out)).toMatchObject({ refused: ['../data/osv'], problems: { length: 1 } });
    expect(readFileSync(manifest, 'utf8')).toBe(before);

    expect((await patchwarden('sync', '--repo', repo, '--accept', '../data/kev')).code).toBe(3);
    expect((await patchwarden('sync', '--repo', repo, '--accept', '../data/osv')).code).toBe(0);
    expect(readFileSync(manifest, 'utf8')).not.toBe(before);
    expect((await patchwarden('sync', '--repo', repo)).code).toBe(0);
  });

  it('does not know a feed that the config does not have', async () => {
    const told = await patchwarden(
      'sync',
      '--repo',
      join(EXAMPLES, 'repository'),
      '--dry-run',
      '--accept',
      'x',
    );
    expect(told).toMatchObject({ code: 2, out: '' });
    expect(told.err).toContain('the config has no feed x; it has ../data/osv');
  });
});

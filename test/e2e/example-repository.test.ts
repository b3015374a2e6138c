import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'patchwarden-example-')));
const repo = join(home, 'repository');
afterAll(() => rmSync(home, { recursive: true, force: true }));

beforeAll(async () => {
  cpSync(fileURLToPath(new URL('../../examples', import.meta.url)), home, { recursive: true });
  for (const verb of ['scan', 'sync']) expect(await cli([verb, '--repo', repo])).toMatchObject({ code: 0 });
});

interface Report {
  readonly asOf: string;
  readonly assets: number;
  readonly findings: number;
  readonly overdue: number;
  readonly byStatus: Record<string, number>;
  readonly digests: Record<string, string>;
}
const status = async (...args: string[]) =>
  (await cli(['status', '--repo', repo, '--format', 'json', ...args])).stdout;
const at = async (asOf: string) => JSON.parse(await status('--as-of', asOf)) as Report;

describe('the example repository', () => {
  it('is valid and canonical', async () => {
    expect(await cli(['validate', '--repo', repo])).toMatchObject({ code: 0, stderr: '' });
  });
  it('has a status with exactly the promised keys, the same bytes twice', async () => {
    const [one, two] = [
      await status('--as-of', '2026-11-22T00:00:00Z'),
      await status('--as-of', '2026-11-22T00:00:00Z'),
    ];
    expect(two).toBe(one);
    const report = JSON.parse(one) as Report;
    expect(Object.keys(report)).toEqual([
      'asOf',
      'assets',
      'findings',
      'overdue',
      'byStatus',
      'decisions',
      'contexts',
      'digests',
    ]);
    expect(Object.keys(report.digests)).toEqual(['policy', 'fleet', 'intel']);
    expect(report.assets).toBe(5);
    expect(Object.values(report.byStatus).reduce((a, b) => a + b, 0)).toBe(report.findings);
    expect(report.byStatus.excepted).toBe(1);
  });
  it('moves what is overdue with --as-of, and ends the exception with its validity', async () => {
    const [early, middle, late] = [
      await at('2023-01-01T00:00:00Z'),
      await at('2024-03-01T00:00:00Z'),
      await at('2026-11-22T00:00:00Z'),
    ];
    expect(early.overdue).toBe(0);
    expect(middle.overdue).toBeGreaterThan(0);
    expect(late.overdue).toBeGreaterThan(middle.overdue);
    expect((await at('2027-02-01T00:00:00Z')).byStatus.excepted).toBeUndefined();
  });
  it('keeps the digests of its snapshots when it is scanned and synced again', async () => {
    const before = (await at('2026-11-22T00:00:00Z')).digests;
    for (const verb of ['sync', 'scan']) await cli([verb, '--repo', repo]);
    expect((await at('2026-11-22T00:00:00Z')).digests).toEqual(before);
  });
});

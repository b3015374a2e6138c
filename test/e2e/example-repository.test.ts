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
      'unmitigated',
      'byStatus',
      'exceptions',
      'stale',
      'decisions',
      'contexts',
      'pins',
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
  it('tells what its exception is good for, and that it is over', async () => {
    const uses = async (asOf: string) =>
      (JSON.parse(await status('--as-of', asOf)) as { exceptions: readonly { state: string }[] }).exceptions;
    expect(await uses('2026-11-22T00:00:00Z')).toEqual([
      {
        exception: 'expat-reports',
        state: 'in-force',
        assets: 1,
        findings: 1,
        without: { missing: 1 },
        validUntil: '2027-01-31',
      },
    ]);
    expect((await uses('2027-02-01T00:00:00Z')).map((u) => u.state)).toEqual(['expired']);
    expect((await uses('2020-01-01T00:00:00Z')).map((u) => u.state)).toEqual(['pending']);
  });

  const explained = (...args: string[]) => cli(['explain', ...args, '--repo', repo]);

  it('explains every decision on an asset, in a line each', async () => {
    const { code, stdout } = await explained('python-01', '--as-of', '2024-03-01T00:00:00Z');
    expect(code).toBe(0);
    expect(stdout).toContain('baseline payments (baselines/payments.json), ring production');
    expect(stdout).toContain('also selected by servers (priority 100), which counts less');
    expect(stdout).toMatch(/missing +2023-03-03 ! +python3\.11-minimal +3\.11\.2-6 +CVE-2023-24329 +high/);
  });

  it('explains one advisory whole: rules with their files, clocks, facts, patch', async () => {
    const { stdout } = await explained('python-01', 'PSF-2023-1', '--as-of', '2024-03-01T00:00:00Z');
    expect(stdout).toContain(
      'CVE-2023-24329 in python3.11-minimal 3.11.2-6: missing, due by 2023-03-03, which is over',
    );
    expect(stdout).toContain('(Patch missing, policies/rules/status/missing/missing.rego)');
    expect(stdout).toContain(
      '2023-03-03 binds: 14 days after published 2023-02-17, deadlines/severity-sla:sla',
    );
    expect(stdout).toContain('patch: 3.11.2-6+deb12u');
    expect(stdout).toContain('next: nothing changes by time alone');
  });

  it('says what changes next: an exception that ends', async () => {
    const [{ exception } = { exception: '' }] = (
      JSON.parse(await status('--as-of', '2026-11-22T00:00:00Z')) as {
        exceptions: readonly { exception: string }[];
      }
    ).exceptions;
    const assets = ['base-01', 'base-02', 'python-01', 'python-02', 'java-01'];
    const all = await Promise.all(
      assets.map(
        async (a) => (await explained(a, '--as-of', '2026-11-22T00:00:00Z', '--format', 'json')).stdout,
      ),
    );
    const findings = all.flatMap(
      (text) =>
        (
          JSON.parse(text) as {
            findings: readonly { status: string; exceptions: readonly string[]; next: unknown }[];
          }
        ).findings,
    );
    expect(findings.filter((f) => f.status === 'excepted')).toMatchObject([
      { exceptions: [exception], next: { day: '2027-02-01', what: 'the exception expat-reports is over' } },
    ]);
  });

  it('names what it does not know', async () => {
    expect(await explained('python-1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the fleet snapshot has no asset python-1; did you mean python-01?'),
    });
    expect(await explained('python-02', 'CVE-2023-24329')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('python-02 has no finding of CVE-2023-24329'),
    });
  });

  it('keeps the digests of its snapshots when it is scanned and synced again', async () => {
    const before = (await at('2026-11-22T00:00:00Z')).digests;
    for (const verb of ['sync', 'scan']) await cli([verb, '--repo', repo]);
    expect((await at('2026-11-22T00:00:00Z')).digests).toEqual(before);
  });
});

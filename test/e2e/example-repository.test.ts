import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, cliHere } from '../support/cli.ts';

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
  readonly exceptions: readonly { readonly exception: string; readonly state: string }[];
  readonly digests: Record<string, string>;
}
interface Counted extends Report {
  readonly rings: readonly { readonly baseline: string }[];
  readonly governance: object;
  readonly responsibility: readonly {
    readonly owner: string | null;
    readonly document: string | null;
    readonly findings: number;
  }[];
  readonly controls?: readonly {
    readonly framework: string;
    readonly control: string;
    readonly overdue: number;
  }[];
}
const statusAt = (asOf: string) => ['status', '--repo', repo, '--format', 'json', '--as-of', asOf];
const reports = new Map<string, Report>();
/** The report of a moment, made once. */
async function at(asOf: string): Promise<Report> {
  const report = reports.get(asOf) ?? (JSON.parse((await cliHere(statusAt(asOf))).stdout) as Report);
  reports.set(asOf, report);
  return report;
}

describe('the example repository', () => {
  it('is valid and canonical', async () => {
    expect(await cliHere(['validate', '--repo', repo])).toMatchObject({ code: 0, stderr: '' });
  });
  it('has a status with exactly the promised keys, the same bytes twice', async () => {
    const asked = statusAt('2026-11-22T00:00:00Z');
    const [{ stdout: one }, { stdout: two }] = [await cli(asked), await cliHere(asked)];
    expect(two).toBe(one);
    const report = JSON.parse(one) as Report;
    expect(Object.keys(report)).toEqual([
      'asOf',
      'select',
      'assets',
      'findings',
      'overdue',
      'unmitigated',
      'byStatus',
      'rings',
      'governance',
      'responsibility',
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
    const uses = async (asOf: string) => (await at(asOf)).exceptions;
    expect(await uses('2026-11-22T00:00:00Z')).toEqual([
      {
        exception: 'expat-reports',
        state: 'in-force',
        assets: 1,
        findings: 1,
        without: { missing: 1 },
        validUntil: '2027-01-31',
        history: null,
      },
    ]);
    expect((await uses('2027-02-01T00:00:00Z')).map((u) => u.state)).toEqual(['expired']);
    expect((await uses('2020-01-01T00:00:00Z')).map((u) => u.state)).toEqual(['pending']);
  });

  it('answers for any selector, and the parts sum up to the whole', async () => {
    const of = async (...args: string[]) =>
      JSON.parse((await cliHere([...statusAt('2026-11-22T00:00:00Z'), ...args])).stdout) as Counted;
    const [all, payments, others, one] = await Promise.all([
      of(),
      of('--select', 'unit=payments'),
      of('--select', '{"none": [{"label": "unit", "in": ["payments"]}]}'),
      of('--select', 'unit=payments', '--select', 'env=staging'),
    ]);
    expect([payments.assets, others.assets, one.assets]).toEqual([2, 3, 1]);
    for (const key of ['assets', 'findings', 'overdue'] as const)
      expect(payments[key] + others[key]).toBe(all[key]);
    expect(payments.rings.map((r) => r.baseline)).toEqual(['payments', 'payments']);
    expect(payments.exceptions).toEqual([]);
    expect(payments.responsibility.map((r) => [r.owner, r.document, r.findings])).toEqual([
      ['team:payments', 'baselines/payments.json', payments.findings],
    ]);
    expect(all.responsibility.reduce((n, r) => n + r.findings, 0)).toBe(all.findings);
    expect(all.responsibility.find((r) => r.document === 'exceptions/expat-reports.json')).toMatchObject({
      ...{ owner: 'team:platform', approvers: ['team:security'], findings: 1, excepted: 1 },
    });
    expect(all.governance).toEqual({
      ...{ noBaseline: { count: 0, assets: [] }, noRing: { count: 0, assets: [] }, ties: [] },
      reach: [
        { baseline: 'payments', selects: 2, governs: 2, shadowedBy: [] },
        { baseline: 'servers', selects: 5, governs: 3, shadowedBy: ['payments'] },
      ],
    });
  });

  it('counts by the controls of compliance overlays when asked', async () => {
    const asked = [...statusAt('2026-11-22T00:00:00Z'), '--by', 'control'];
    const report = JSON.parse((await cliHere(asked)).stdout) as Counted;
    const iso = report.controls?.find((c) => c.framework === 'iso-27001-2022' && c.control === 'A.8.8');
    expect(iso).toMatchObject({ overdue: report.overdue });
    const text = (await cliHere(['status', '--repo', repo, '--by', 'control', '--select', 'env=staging']))
      .stdout;
    expect(text).toContain('Only assets with env=staging');
    expect(text).toMatch(/NIST SP 800-40 \(Rev\. 4\) +3\.3 +\d+ +\d+ +\d+ +It is settled/);
  });

  it('refuses a selector that is none', async () => {
    expect(await cliHere(['status', '--repo', repo, '--select', 'Env=prod'])).toMatchObject({
      ...{ code: 2, stdout: '' },
      stderr: expect.stringContaining('--select "Env=prod" is no selector'),
    });
  });

  const explained = (...args: string[]) => cliHere(['explain', ...args, '--repo', repo]);

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
    expect(stdout).toContain('(Patch missing, policies/rules/status/missing/missing.rego:11)');
    expect(stdout).toContain(
      '2023-03-03 binds: 14 days after published 2023-02-17, deadlines/severity-sla:sla',
    );
    expect(stdout).toContain('patch: 3.11.2-6+deb12u');
    expect(stdout).toContain('next: nothing changes by time alone');
    expect(stdout).toMatch(/from debian:bookworm[^ ]* \(source debian\), first seen 20/);
    expect(stdout).toMatch(/CVE-2023-24329: severity \w+ by .* \[\.\.\/data\/osv\]/);
    expect(stdout).toMatch(/EPSS: CVE-2023-24329 0\.\d+, model of 20\d\d-/);
    expect(stdout).toContain(
      'answers for it: team:payments (baselines/payments.json); team:security may approve a change',
    );
    expect(stdout).toMatch(
      /controls that deadlines\/severity-sla:sla serves: .*PCI DSS \(4\.0\.1\) 6\.3\.1, 6\.3\.3/,
    );
  });

  it('says what changes next: an exception that ends', async () => {
    const [{ exception } = { exception: '' }] = (await at('2026-11-22T00:00:00Z')).exceptions;
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
    reports.clear();
    expect((await at('2026-11-22T00:00:00Z')).digests).toEqual(before);
  });
});

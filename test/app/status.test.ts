import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkAsset } from '../../src/app/check.ts';
import { fleetFindings } from '../../src/app/fleet-findings.ts';
import { governedHosts } from '../../src/app/governed.ts';
import { loadDocuments } from '../../src/app/load-documents.ts';
import { loadWorld } from '../../src/app/snapshots.ts';
import { createWire, type Wire } from '../../src/app/wire.ts';
import { assessFleet } from '../../src/assess/fleet/assess-fleet.ts';
import { assetFindings } from '../../src/assess/fleet/queries.ts';
import { runCli } from '../../src/cli/cli.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import { fakePolicy } from '../support/fakes/policy-decide.ts';
import { aBaseline } from '../support/fleet-world.ts';
import { sharedDir } from '../support/temp-dir.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const NOW = '2024-10-24T12:00:00Z';

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const wireAt = (now: string, log: string[] = []): Wire => ({
  ...createWire(),
  clock: { now: () => now, sleep: async () => undefined },
  log: { info: (m) => void log.push(m), warn: (m) => void log.push(m) },
});

async function patchwarden(argv: readonly string[], now = NOW): Promise<Told> {
  const log: string[] = [];
  let out = '';
  const code = await runCli(argv, {
    cwd: '/',
    env: {},
    out: (text) => {
      out += text;
    },
    err: (text) => void log.push(text),
    isTty: false,
    wire: wireAt(now, log),
  });
  return { code, out, err: log.join('\n') };
}

function copyOfExamples(): string {
  const dir = sharedDir();
  cpSync(EXAMPLES, dir, { recursive: true, filter: (path) => !path.includes('.patchwarden') });
  return join(dir, 'repository');
}

const edit = (repo: string, change: (config: Record<string, never>) => void): void => {
  const file = join(repo, 'patchwarden.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  change(config);
  writeFileSync(file, JSON.stringify(config));
};

let repo: string;
beforeAll(async () => {
  repo = copyOfExamples();
  for (const verb of ['sync', 'scan']) expect((await patchwarden([verb, '--repo', repo])).code).toBe(0);
});

const status = async (...more: string[]) => {
  const told = await patchwarden(['status', '--repo', repo, '--format', 'json', ...more]);
  expect(told).toMatchObject({ code: 0, err: '' });
  return told.out;
};

describe('status of the example repository', () => {
  let once: string;
  beforeAll(async () => {
    once = await status();
  });

  it('is the report that the schema describes, with findings in it', async () => {
    const report = JSON.parse(once);
    expect(validateKind('status-report', report)).toEqual([]);
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
    expect(report).toMatchObject({ asOf: NOW, assets: 5 });
    expect(report.findings).toBeGreaterThan(0);
    const sum = Object.values(report.byStatus as Record<string, number>).reduce((a, b) => a + b, 0);
    expect(sum).toBe(report.findings);
  });

  it('is byte-identical twice, also from snapshots made twice in another place', async () => {
    expect(await status()).toBe(once);
    const elsewhere = copyOfExamples();
    for (const verb of ['scan', 'sync']) await patchwarden([verb, '--repo', elsewhere]);
    const there = await patchwarden(['status', '--repo', elsewhere, '--format', 'json']);
    expect(there.out).toBe(once);
  });

  it('as CSV it is a line for each finding of each asset', async () => {
    const { code, out } = await patchwarden(['status', '--repo', repo, '--format', 'csv']);
    expect(code).toBe(0);
    const rows: Record<string, string>[] = parse(out, { columns: true });
    const report = JSON.parse(once);
    expect(rows).toHaveLength(report.findings);
    expect(rows.filter((r) => r.overdue === 'true')).toHaveLength(report.overdue);
    for (const [state, n] of Object.entries(report.byStatus))
      expect(rows.filter((r) => r.status === state)).toHaveLength(Number(n));
    const ring = report.rings.find((r: { open: number }) => r.open > 0);
    expect(rows.some((r) => r.baseline === ring.baseline && r.ring === ring.ring)).toBe(true);
    const some = await patchwarden(['status', '--repo', repo, '--format', 'csv', '--select', 'env=nowhere']);
    expect(some.out.split('\r\n')).toHaveLength(2);
  });

  it('findings come sorted by asset, some assets at a time, the same whatever their number', async () => {
    const wire = wireAt(NOW);
    const documents = await loadDocuments(wire, repo);
    const taken = async (atOnce: number) => {
      const all: (readonly { readonly asset: string }[])[] = [];
      await fleetFindings(wire, { repo, documents, asOf: NOW, atOnce }, (lines) => void all.push(lines));
      return all;
    };
    const [whole = []] = await taken(500);
    expect(whole.map((l) => l.asset)).toEqual(whole.map((l) => l.asset).sort());
    const single = await taken(1);
    expect(single.length).toBeGreaterThan(1);
    expect(single.flat()).toEqual(whole);
  });

  it.each([
    ['--rollouts', '--rollouts has no csv form'],
    ['--by=control', 'the csv form has no controls'],
  ])('CSV does not go with %s', async (option, words) => {
    const told = await patchwarden(['status', '--repo', repo, '--format', 'csv', option]);
    expect(told).toMatchObject({ code: 2, out: '' });
    expect(told.err).toContain(words);
  });

  it('--as-of moves what is overdue, and only forward', async () => {
    const moments = ['2022-01-01', '2024-10-24', '2026-01-01'].map((d) => `${d}T00:00:00Z`);
    const reports = [];
    for (const at of moments) reports.push(JSON.parse(await status('--as-of', at)));
    expect(reports.map((r) => r.asOf)).toEqual(moments);
    const overdue = reports.map((r) => r.overdue as number);
    expect(overdue).toEqual([...overdue].sort((a, b) => a - b));
    expect(overdue[0]).toBe(0);
    expect(overdue.at(-1)).toBeGreaterThan(overdue[1] ?? 0);
    expect(new Set(reports.map((r) => r.findings)).size).toBe(1);
  });

  it('reads a moment in any zone and refuses what is none', async () => {
    expect(JSON.parse(await status('--as-of', '2024-10-24T02:00:00+02:00')).asOf).toBe(
      '2024-10-24T00:00:00Z',
    );
    for (const wrong of ['yesterday', '2024-10-24', '2024-13-01T00:00:00Z']) {
      const told = await patchwarden(['status', '--repo', repo, '--as-of', wrong]);
      expect(told).toMatchObject({ code: 2, out: '' });
      expect(told.err).toContain('RFC 3339');
    }
  });

  it('as text it counts, names what is due next and no asset', async () => {
    const { out } = await patchwarden(['status', '--repo', repo]);
    expect(out).toMatch(
      /^As of 2024-10-24T12:00:00Z: 5 assets, \d+ findings, \d+ overdue(?:, \d+ without a fix and past the time to mitigate)?\n/,
    );
    expect(out).toContain('Due next');
    expect(out).toMatch(/payments +production/);
    expect(out).not.toContain('python-01');
  });

  it('without snapshots says what to run first', async () => {
    const told = await patchwarden(['status', '--repo', copyOfExamples()]);
    expect(told).toMatchObject({ code: 2, out: '' });
    expect(told.err).toContain('patchwarden sync and patchwarden scan first');
  });

  it('in a directory that is no policy repository says so', async () => {
    const told = await patchwarden(['status', '--repo', sharedDir()]);
    expect(told.code).toBe(2);
    expect(told.err).toContain('no policy repository');
  });
});

describe('check and status', () => {
  it('find the same on every host', async () => {
    const wire = wireAt(NOW);
    const documents = await loadDocuments(wire, repo);
    const directory = join(repo, documents.config.state.path);
    const store = await wire.fleetStore(directory);
    await loadWorld({ store, state: wire.stateStore(directory) });
    const one = { ...documents, baselines: [aBaseline('a')], exceptions: [] };
    await assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents: one, asOf: NOW });
    const data = join(repo, '../data');
    for (const source of documents.config.fleet.sources) {
      if (source.kind === 'ssh') continue;
      const { report } = await checkAsset(wire, {
        target: join(repo, source.path),
        intel: [join(data, 'osv'), join(data, 'kev')],
        packages: join(data, 'packages'),
        stream: source.stream,
      });
      expect(report.findings.length).toBeGreaterThan(0);
      const found = await assetFindings(store, [source.id]);
      expect(
        found
          .map((f) => [f.kind, f.advisory, f.name, f.version, f.fixed, f.severity, f.kev, f.status])
          .sort(),
      ).toEqual(
        report.findings
          .map((f) => [
            f.kind,
            f.advisory,
            f.component.name,
            f.component.version,
            f.fixedIn,
            f.severity,
            f.kev,
            f.status,
          ])
          .sort(),
      );
    }
    await store.close();
  });
});

describe('scan', () => {
  it('keeps a host that cannot be read as unknown, goes on with the others, and exits 3', async () => {
    const broken = copyOfExamples();
    mkdirSync(join(broken, 'empty'));
    edit(broken, (c) => {
      const { sources } = c.fleet as unknown as { sources: object[] };
      sources.push({ kind: 'file', id: 'gone', path: 'hosts/gone.json', labels: { env: 'prod' } });
      sources.push({ kind: 'root', id: 'hollow', path: 'empty' });
      sources.push({ kind: 'file', id: 'mistaken', path: 'empty' });
    });
    const told = await patchwarden(['scan', '--repo', broken, '--format', 'json']);
    expect(told.code).toBe(3);
    const { assets, unknown, problems } = JSON.parse(told.out);
    expect(assets).toBe(8);
    expect(unknown).toEqual(['gone', 'hollow', 'mistaken'].map((asset) => ({ asset, reason: 'unreadable' })));
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^gone: .*gone\.json.*no such file/);
    expect(problems[2]).toContain('is a directory, but patchwarden.json says it is a file');
    await patchwarden(['sync', '--repo', broken]);
    const after = JSON.parse((await patchwarden(['status', '--repo', broken, '--format', 'json'])).out);
    expect(after).toMatchObject({ assets: 8, byStatus: { unknown: 3 } });
  });

  it('in a dry run writes nothing and says what it would write', async () => {
    const fresh = copyOfExamples();
    for (const verb of ['scan', 'sync']) {
      const told = await patchwarden([verb, '--repo', fresh, '--dry-run']);
      expect(told.code).toBe(0);
      expect(told.err).toContain('dry run: would write');
    }
    expect(readdirSync(fresh)).not.toContain('.patchwarden');
  });
});

describe('sync', () => {
  it('remembers first sight through a second sync, and an equal world has equal digests', async () => {
    const fresh = copyOfExamples();
    const first = JSON.parse((await patchwarden(['sync', '--repo', fresh, '--format', 'json'])).out);
    const again = await patchwarden(['sync', '--repo', fresh, '--format', 'json'], '2025-01-01T00:00:00Z');
    const second = JSON.parse(again.out);
    expect(first.fresh).toBe(first.packages);
    expect(second).toEqual({ ...first, fresh: 0 });
  });

  it('with a feed that is gone exits 3 and leaves the old snapshot in force', async () => {
    const fresh = copyOfExamples();
    await patchwarden(['sync', '--repo', fresh]);
    const manifest = join(fresh, '.patchwarden/state/intel/manifest.json');
    const before = readFileSync(manifest, 'utf8');
    edit(fresh, (c) => {
      (c.intel as unknown as { feeds: object[] }).feeds.push({ kind: 'osv', path: '../nowhere' });
    });
    const told = await patchwarden(['sync', '--repo', fresh]);
    expect(told).toMatchObject({ code: 3, out: '' });
    expect(told.err).toContain('nowhere');
    expect(readFileSync(manifest, 'utf8')).toBe(before);
  });
});

describe('what apply asks', () => {
  it('baseline, ring and facts of every asset', async () => {
    const wire = wireAt(NOW);
    const governed = await governedHosts(wire, repo, await loadDocuments(wire, repo));
    expect(governed[0]).toMatchObject({
      stream: expect.stringContaining('debian:12'),
      known: true,
      labels: expect.objectContaining({}),
    });
    expect(governed.map((g) => `${g.asset} ${g.baseline}/${g.ring}`)).toEqual([
      'base-01 servers/all',
      'base-02 servers/all',
      'java-01 servers/all',
      'python-01 payments/production',
      'python-02 payments/staging',
    ]);
  });
});

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckResult, checkAsset } from '../../src/app/check.ts';
import { createWire } from '../../src/app/wire.ts';
import { hasSharedData, SHARED_DATA, sharedArchive, sharedDataNote } from '../support/shared-data.ts';
import { sharedDir } from '../support/temp-dir.ts';

/** The AlmaLinux advisories of the day after the hosts were scanned. */
const ALMA = join(SHARED_DATA, 'advisories/almalinux-osv/almalinux-osv-2026-05-08.tar.xz');
const ROCKY = join(SHARED_DATA, 'advisories/rocky-osv-2024-10.tar.xz');

interface Scan {
  readonly release: string;
  readonly packages: Readonly<
    Record<string, { version: string; release: string; newVersion: string; newRelease: string }>
  >;
}

/** What each host gave: affected packages, advisories, and pairs that cannot be told. */
const EXPECTED: Readonly<Record<string, { affected: number; advisories: number; unknown: number }>> = {
  alma_8: { affected: 115, advisories: 164, unknown: 0 },
  rocky_9: { affected: 134, advisories: 292, unknown: 0 },
  rocky_10: { affected: 54, advisories: 50, unknown: 3 },
};

describe.skipIf(!hasSharedData)(`check of scanned rpm hosts${sharedDataNote}`, () => {
  const dir = sharedDir();
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const scans = new Map<string, Scan>();
  beforeAll(async () => {
    for (const [path, bytes] of await sharedArchive(
      'hosts/vuls-scan-results.tar.xz',
      /^(?:\.\/)?(?:alma|rocky)_\d+\.json$/,
    )) {
      const name = path.replace('.json', '');
      scans.set(name, JSON.parse(new TextDecoder().decode(bytes)) as Scan);
      writeFileSync(join(dir, path), bytes);
    }
  });

  const run = (name: string, intel: string, stream?: string): Promise<CheckResult> =>
    checkAsset(createWire(), {
      target: join(dir, `${name}.json`),
      intel: [intel],
      ...(stream === undefined ? {} : { stream }),
    });

  it.for(['alma_8', 'alma_9', 'alma_10', 'rocky_8', 'rocky_9', 'rocky_10'])(
    '%s: every package that AlmaLinux advisories call affected has an update in its own dnf list',
    async (name, { skip }) => {
      const scan = scans.get(name);
      // Not every host that the index of the data speaks of is in the archive.
      if (scan === undefined) return skip(`the archive has no ${name}.json`);
      const major = scan.release.replace(/\..*$/, '');
      const started = performance.now();
      const { report, problems, notes } = await run(
        name,
        ALMA,
        name.startsWith('alma') ? undefined : `almalinux:${major}:x86_64`,
      );
      const took = performance.now() - started;
      expect(problems).toEqual([]);
      expect(notes.filter((n) => n.includes('is judged with the advisories of'))).toEqual(
        name.startsWith('alma')
          ? []
          : [
              `rocky:${major} is judged with the advisories of almalinux:${major}, as --stream asks: what only the one or the other built is unknown`,
            ],
      );
      const found = report.findings.filter((f) => f.kind === 'vulnerability');
      const affected = found.filter((f) => f.status !== 'unknown');
      const packages = new Set(affected.map((f) => f.component.name));
      const without = [...packages].filter((p) => {
        const { version, release, newVersion, newRelease } = scan.packages[p] ?? {};
        return !newVersion || (newVersion === version && newRelease === release);
      });
      const counts = {
        affected: packages.size,
        advisories: new Set(affected.map((f) => f.advisory)).size,
        unknown: found.length - affected.length,
      };
      console.log(
        `${name}: ${report.components} packages, ${JSON.stringify(counts)}, ${Math.round(took)} ms`,
      );
      expect(without).toEqual([]);
      expect(counts).toEqual(EXPECTED[name] ?? counts);
    },
  );

  it('rocky_9: Rocky advisories name source packages, and what they call affected has an update', async () => {
    const { report } = await run('rocky_9', ROCKY);
    expect(report.stream).toBe('rocky:9:x86_64');
    const scan = scans.get('rocky_9') as Scan;
    const affected = report.findings.filter((f) => f.kind === 'vulnerability' && f.status !== 'unknown');
    const packages = [...new Set(affected.map((f) => f.component.name))];
    console.log(
      `rocky_9 with Rocky's own: ${packages.length} packages, ${new Set(affected.map((f) => f.advisory)).size} advisories`,
    );
    expect(packages.length).toBeGreaterThan(20);
    expect(packages.filter((p) => scan.packages[p]?.newRelease === scan.packages[p]?.release)).toEqual([]);
  });

  it('another distribution never judges a host unasked', async () => {
    const own = await run('rocky_9', ALMA);
    expect(own.report.unknown).toBe('no-advisories');
    expect(own.report.findings.filter((f) => f.kind === 'vulnerability' && f.advisory !== null)).toEqual([]);
  });
});

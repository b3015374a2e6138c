import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryFileTree } from '../../src/adapters/file-tree-directory.ts';
import { rpmProgram } from '../../src/adapters/rpm-database-program.ts';
import { observeRoot } from '../../src/observe/host-root.ts';
import { onPath } from '../support/on-path.ts';
import { hasRpm, rpmNote } from '../support/rpm-oracle.ts';
import { tempDir } from '../support/temp-dir.ts';

const SPEC = `Name: patchwarden-probe
Epoch: 2
Version: 1.0
Release: 3.el9
Summary: probe
License: none
BuildArch: noarch
ModularityLabel: probe:1:20240101:abcd
%description
probe
%files
`;
const hasRpmbuild = hasRpm && onPath('rpmbuild');

/** A root whose rpm database holds one package, made by rpm itself. */
function rootWithPackage(): string {
  const root = tempDir();
  writeFileSync(join(root, 'probe.spec'), SPEC);
  const top = ['--define', `_topdir ${root}/build`];
  execFileSync('rpmbuild', [...top, '-bb', join(root, 'probe.spec')], { stdio: 'pipe' });
  const db = join(root, 'var/lib/rpm');
  mkdirSync(db, { recursive: true });
  const file = join(root, 'build/RPMS/noarch/patchwarden-probe-1.0-3.el9.noarch.rpm');
  execFileSync(
    'rpm',
    ['--dbpath', db, '--define', '_db_backend sqlite', '--justdb', '--nodeps', '--force-debian', '-i', file],
    { stdio: 'pipe' },
  );
  return root;
}

describe('databases by the rpm of this machine', () => {
  it.skipIf(!hasRpmbuild)(
    `gives every tag, and leaves the host's directory as it was${hasRpmbuild ? '' : ' (skipped: rpmbuild is absent)'}`,
    async () => {
      const root = rootWithPackage();
      const before = readdirSync(join(root, 'var/lib/rpm'));
      const host = await observeRoot(directoryFileTree(root), { rpm: rpmProgram() });
      expect(host.components).toEqual([
        {
          name: 'patchwarden-probe',
          version: '2:1.0-3.el9',
          arch: 'noarch',
          sourcePackage: 'patchwarden-probe',
          sourceVersion: '2:1.0-3.el9',
          held: false,
          state: 'installed',
          module: 'probe:1',
        },
      ]);
      expect(readdirSync(join(root, 'var/lib/rpm'))).toEqual(before);
    },
    30_000,
  );

  it('says what to do where there is no rpm', async () => {
    const rpm = rpmProgram({ program: 'patchwarden-no-such-rpm' });
    await expect(rpm.query('rpmdb.sqlite', new Map(), 'x')).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining('give the output of "rpm -qa" as a file'),
    });
  });

  it.skipIf(!hasRpm)(`never takes a damaged or foreign database for an empty one${rpmNote}`, async () => {
    const rpm = rpmProgram();
    for (const name of ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const)
      await expect(
        rpm.query(name, new Map([[name, new TextEncoder().encode('garbage\n'.repeat(2000))]]), '%{NAME}\\n'),
      ).rejects.toMatchObject({ code: 'source-failed' });
  });

  it('leaves no copy behind', async () => {
    const copies = () => readdirSync('/tmp').filter((n) => n.startsWith('patchwarden-rpmdb-')).length;
    const before = copies();
    await rpmProgram({ program: 'true' }).query('Packages', new Map([['Packages', new Uint8Array(8)]]), 'x');
    expect(copies()).toBe(before);
  });
});

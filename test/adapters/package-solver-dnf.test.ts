import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { solverByStream } from '../../src/adapters/package-solver-by-stream.ts';
import { createDnfSolver } from '../../src/adapters/package-solver-dnf.ts';
import { rpmHeader } from '../../src/adapters/rpm-header.ts';
import type { SolveRequest } from '../../src/ports/package-solver.ts';
import { firstAbsent } from '../support/on-path.ts';
import { packageXml, type RpmSpec } from '../support/rpm-repository.ts';
import { tempDir } from '../support/temp-dir.ts';

const absent = firstAbsent('dnf', 'rpmdb');
const title = absent ? `asking real dnf (skipped: no ${absent} here)` : 'asking real dnf';

const status = (name: string, version: string, provides = '', requires = ''): string => {
  const [v, r] = version.split('-');
  return `${name}\t0\t${v}\t${r}\tx86_64\t${name} = ${version}|${provides}\t${requires}\n`;
};
const request = (packages: readonly RpmSpec[], over: Partial<SolveRequest> = {}): SolveRequest => ({
  stream: 'almalinux:9:x86_64',
  status: status('app', '1.0-1') + status('bash', '5.1-1'),
  components: [],
  packages: `${packages.map(packageXml).join('\n\n')}\n`,
  wanted: [{ name: 'app', arch: 'x86_64', version: '1.1-1' }],
  ...over,
});
const app: RpmSpec = { name: 'app', version: '1.1-1', requires: ['cap(lib) >= 2.0', 'bash', '/usr/bin/env'] };
const lib: RpmSpec = { name: 'lib', version: '1.0-1', provides: ['cap(lib) = 2.1'] };

describe.skipIf(absent !== undefined)(title, () => {
  const solver = createDnfSolver();

  it('adds the new dependency, takes installed packages and files for given, and leaves nothing behind', async () => {
    const dir = tempDir();
    const asked = createDnfSolver({ tempDir: dir }).solve(
      request([app, lib, { name: 'nice', version: '1-1' }]),
    );
    expect(await asked).toEqual({
      kind: 'solved',
      installs: [
        { name: 'app', arch: 'x86_64', version: '1.1-1' },
        { name: 'lib', arch: 'x86_64', version: '1.0-1' },
      ],
      removes: [],
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('takes the exact version although a newer one is offered, with its epoch', async () => {
    const packages = [
      { ...app, requires: [] },
      { ...app, requires: [], version: '2.0-1' },
    ];
    expect(await solver.solve(request(packages))).toMatchObject({ installs: [{ version: '1.1-1' }] });
    const epoch = request([{ ...app, requires: [], epoch: '1', version: '0.9-1' }], {
      wanted: [{ name: 'app', arch: 'x86_64', version: '1:0.9-1' }],
    });
    expect(await solver.solve(epoch)).toMatchObject({ installs: [{ name: 'app', version: '1:0.9-1' }] });
  });

  it('names what would be removed', async () => {
    const answer = await solver.solve(request([{ name: 'app', version: '1.1-1', conflicts: ['bash'] }]));
    expect(answer).toMatchObject({ kind: 'solved', removes: ['bash'] });
  });

  it('upgrades what an installed package needs in step', async () => {
    const answer = await solver.solve(
      request(
        [
          { name: 'app', version: '1.1-1' },
          { name: 'plugin', version: '1.1-1', requires: ['app = 1.1-1'] },
        ],
        { status: status('app', '1.0-1') + status('plugin', '1.0-1', '', 'app = 1.0-1|') },
      ),
    );
    expect(answer).toMatchObject({ installs: [{ name: 'app' }, { name: 'plugin' }], removes: [] });
  });

  it('says in the words of dnf why there is no solution', async () => {
    expect(await solver.solve(request([app]))).toMatchObject({
      kind: 'unsolvable',
      message: expect.stringContaining('nothing provides cap(lib) >= 2.0'),
    });
    expect(await solver.solve(request([lib]))).toEqual({
      kind: 'unsolvable',
      message: 'no origin offers app 1.1',
    });
  });

  it('is not asked where nothing is known of the installed packages', async () => {
    expect(await solver.solve(request([app], { status: null }))).toMatchObject({ kind: 'unavailable' });
  });

  it('reads headers as rpm does', () => {
    const db = tempDir();
    const relation = { name: 'x', operator: '>=', evr: '1:2-3' } as const;
    const header = rpmHeader({
      name: 'pkg',
      epoch: 2,
      version: '1.0',
      release: '1',
      arch: 'noarch',
      provides: [],
      requires: [relation, { name: 'y', operator: null, evr: null }],
    });
    execFileSync('rpmdb', ['--dbpath', db, '--importdb'], { input: header });
    const rpm = (...args: string[]) => execFileSync('rpm', ['--dbpath', db, ...args], { encoding: 'utf8' });
    expect(rpm('-qa', '--qf', '%{NEVRA}\n')).toBe('pkg-2:1.0-1.noarch\n');
    expect(rpm('-q', '--requires', 'pkg')).toBe('x >= 1:2-3\ny\n');
  });
});

describe('solverByStream', () => {
  const named = (kind: string) => ({ solve: async () => ({ kind: 'unsolvable', message: kind }) as const });
  const solver = solverByStream({ dpkg: named('apt'), rpm: named('dnf') });
  it.each([
    ['debian:12:amd64', 'apt'],
    ['almalinux:9:x86_64', 'dnf'],
    ['haiku:1:x86', 'no package manager is known for "haiku:1:x86"'],
  ])('asks for %s: %s', async (stream, message) =>
    expect(await solver.solve(request([], { stream }))).toMatchObject({ message }),
  );
});

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAptSolver } from '../../src/adapters/package-solver-apt.ts';
import type { SolveRequest } from '../../src/ports/package-solver.ts';
import { onPath } from '../support/on-path.ts';
import { tempDir } from '../support/temp-dir.ts';

const apt = onPath('apt-get');
const title = apt ? 'asking real apt' : 'asking real apt (skipped: no apt-get here)';

const status = (name: string, version: string, extra = '') =>
  `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: all\nMaintainer: T <t@example.org>\n${extra}Description: t\n\n`;
const stanza = (name: string, version: string, extra = '') =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: all\nFilename: ./${name}_${version}_all.deb\nSize: 700\nSHA256: ${'a'.repeat(64)}\n${extra}Description: t\n\n`;
const request = (parts: Partial<SolveRequest>): SolveRequest => ({
  stream: 'debian:12:amd64',
  status: status('app', '1.0'),
  components: [],
  packages:
    stanza('app', '1.1', 'Depends: lib (>= 1.0)\nRecommends: nice\n') +
    stanza('lib', '1.0') +
    stanza('nice', '1.0'),
  wanted: [{ name: 'app', arch: 'all', version: '1.1' }],
  ...parts,
});

describe.skipIf(!apt)(title, () => {
  const solver = createAptSolver();

  it('adds the new dependency and no recommendation', async () => {
    expect(await solver.solve(request({}))).toEqual({
      kind: 'solved',
      installs: [
        { name: 'app', arch: 'all', version: '1.1' },
        { name: 'lib', arch: 'all', version: '1.0' },
      ],
      removes: [],
    });
  });

  it('takes the exact version although a newer one is offered', async () => {
    const packages = stanza('app', '1.1') + stanza('app', '2.0');
    expect(await solver.solve(request({ packages }))).toMatchObject({
      installs: [{ name: 'app', version: '1.1' }],
    });
  });

  it('names what would be removed', async () => {
    const answer = await solver.solve(
      request({
        status: status('app', '1.0') + status('old', '1.0'),
        packages: stanza('app', '1.1', 'Conflicts: old\n'),
      }),
    );
    expect(answer).toMatchObject({ kind: 'solved', removes: ['old'] });
  });

  it('says in the words of apt why there is no solution', async () => {
    const answer = await solver.solve(request({ packages: stanza('app', '1.1', 'Depends: lib (>= 9)\n') }));
    expect(answer).toMatchObject({ kind: 'unsolvable', message: expect.stringContaining('lib (>= 9)') });
  });

  it('knows foreign architectures by the components', async () => {
    const i386 = (s: string) => s.replaceAll('Architecture: all', 'Architecture: i386');
    const answer = await solver.solve(
      request({
        status: i386(status('app', '1.0', 'Multi-Arch: same\n')),
        packages: i386(stanza('app', '1.1', 'Multi-Arch: same\n')),
        wanted: [{ name: 'app', arch: 'i386', version: '1.1' }],
      }),
    );
    expect(answer).toMatchObject({ installs: [{ name: 'app', arch: 'i386', version: '1.1' }] });
  });

  it('leaves no directory behind', async () => {
    const dir = tempDir();
    await createAptSolver({ tempDir: dir }).solve(request({}));
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('what apt is never asked', () => {
  it.each([
    ['no status file', request({ status: null }), 'unavailable', 'closure unchecked'],
    ['no stream', request({ stream: 'debian' }), 'unavailable', 'no stream'],
    [
      'an option as a name',
      request({ wanted: [{ name: '-o', arch: 'all', version: '1' }] }),
      'unsolvable',
      '"-o 1"',
    ],
    [
      'an odd version',
      request({ wanted: [{ name: 'a', arch: 'all', version: '1 b' }] }),
      'unsolvable',
      '"a 1 b"',
    ],
  ] as const)('%s', async (_name, question, kind, words) => {
    const answer = await createAptSolver().solve(question);
    expect(answer).toMatchObject({ kind, message: expect.stringContaining(words) });
  });

  it('is unavailable where apt is not installed', async () => {
    const answer = await createAptSolver({ program: 'apt-get-that-is-not-there' }).solve(request({}));
    expect(answer).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('not installed') });
  });
});

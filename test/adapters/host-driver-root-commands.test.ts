import { describe, expect, it } from 'vitest';
import { commandsFor, stagedPath, stepsFor } from '../../src/adapters/host-driver-root-commands.ts';

const FILE = {
  name: 'openssl',
  arch: 'amd64',
  version: '1:3.0.14-1~deb12u2',
  sha256: 'a'.repeat(64),
  downgrade: false,
  fresh: false,
};

describe('commands for a root directory', () => {
  it('are argument vectors that fetch nothing, remove nothing and keep conffiles', () => {
    const steps = stepsFor('/srv/root', 60, [FILE], true);
    expect(steps.map((s) => s.step)).toEqual(['mend', 'stage', 'simulate', 'install']);
    const staged = `/var/lib/patchwarden/stage/${FILE.sha256}/openssl_1%3a3.0.14-1~deb12u2_amd64.deb`;
    expect(steps[1]).toEqual({ step: 'stage', sha256: FILE.sha256, path: `/srv/root${staged}` });
    const install = steps[3]?.step === 'install' ? steps[3].argv : [];
    expect(install.slice(0, 3)).toEqual(['chroot', '/srv/root', '/usr/bin/apt-get']);
    for (const word of [
      '-y',
      '--no-remove',
      '--no-install-recommends',
      'Dir::Etc::sourcelist=/dev/null',
      'Dir::Etc::sourceparts=/dev/null',
      'Dpkg::Options::=--force-confold',
      'DPkg::Lock::Timeout=60',
      staged,
    ])
      expect(install).toContain(word);
    expect(install).not.toContain('--allow-downgrades');
    expect(stepsFor('/srv/root', 60, [{ ...FILE, fresh: true }], false).at(-1)).toEqual({
      step: 'mark',
      argv: ['chroot', '/srv/root', '/usr/bin/apt-mark', 'auto', 'openssl'],
    });
    const back = commandsFor('/srv/root', 60).install([{ ...FILE, downgrade: true }]);
    expect(back).toContain('--allow-downgrades');
  });

  it('has no step without files or mending', () => {
    expect(stepsFor('/srv/root', 60, [], false)).toEqual([]);
    expect(stepsFor('/', 60, [FILE], false)[0]).toMatchObject({
      path: expect.stringMatching(/^\/var\/lib\//),
    });
  });

  it.each([
    ['a path as a name', { name: '../../etc/passwd' }],
    ['an option as a name', { name: '-o' }],
    ['a name with a space', { name: 'a b' }],
    ['an empty name', { name: '' }],
    ['a path as a version', { version: '1/../../x' }],
    ['a version with a newline', { version: '1\n2' }],
    ['an option as a version', { version: '-1' }],
    ['a path as an architecture', { arch: 'a/../b' }],
    ['a short digest', { sha256: 'abc' }],
    ['a path as a digest', { sha256: `${'a'.repeat(61)}/..` }],
  ])('makes no path of %s', (_name, over) => {
    expect(() => stagedPath({ ...FILE, ...over })).toThrow(expect.objectContaining({ code: 'bad-document' }));
  });
});

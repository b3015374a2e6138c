import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyNames } from '../../src/reconcile/dependencies.ts';

describe('dependencyNames', () => {
  it.each([
    ['nothing', 'Package: a\nVersion: 1', []],
    ['one', 'Depends: libc6', ['libc6']],
    ['versions and architectures', 'Depends: libc6 (>= 2.36), python3:any (>= 3.11~)', ['libc6', 'python3']],
    ['alternatives count as well', 'Depends: debconf (>= 0.5) | debconf-2.0', ['debconf', 'debconf-2.0']],
    ['pre-dependencies too', 'Pre-Depends: dpkg (>= 1.17.5)\nDepends: g++-12', ['dpkg', 'g++-12']],
    ['recommendations do not', 'Recommends: x\nSuggests: y\nBreaks: z', []],
    ['restrictions', 'Depends: gcc-12-base (= 12.2.0-14) [amd64] <!nocheck>', ['gcc-12-base']],
  ])('%s', (_what, stanza, names) => {
    expect(dependencyNames(stanza)).toEqual(names);
  });

  it('never throws and only yields names of the grammar of Debian Policy 5.6.1', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const name of dependencyNames(`Depends: ${text}`))
          expect(name).toMatch(/^[a-z0-9][a-z0-9+.-]*$/);
      }),
    );
  });
});

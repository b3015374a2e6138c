import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDpkgStatus } from '../../src/observe/dpkg-status.ts';

const stanza = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries({
    Package: 'a',
    Status: 'install ok installed',
    Version: '1.0-1',
    Architecture: 'amd64',
    ...fields,
  })
    .filter(([, v]) => v !== '')
    .map(([k, v]) => `${k}: ${v}\n`)
    .join('')}\n`;
const read = (text: string) => parseDpkgStatus(text, { label: 'status' });

describe('a dpkg status text', () => {
  it('names the package and its source, by default itself', () => {
    const { components, problems } = read(
      stanza({}) +
        stanza({ Package: 'libb1', Source: 'b', Version: '2:1.4-2+b1' }) +
        stanza({ Package: 'dmsetup', Source: 'lvm2 (2.03.16-2)', Version: '2:1.02.185-2' }),
    );
    expect(problems).toEqual([]);
    expect(components.map((c) => [c.name, c.version, c.sourcePackage, c.sourceVersion])).toEqual([
      ['a', '1.0-1', 'a', '1.0-1'],
      ['libb1', '2:1.4-2+b1', 'b', '2:1.4-2+b1'],
      ['dmsetup', '2:1.02.185-2', 'lvm2', '2.03.16-2'],
    ]);
  });

  it.each([
    ['install ok installed', { held: false, state: 'installed' }],
    ['hold ok installed', { held: true, state: 'installed' }],
    ['deinstall ok installed', { held: false, state: 'installed' }],
    ['install reinstreq half-configured', { held: false, state: 'half-configured' }],
    ['install ok triggers-pending', { held: false, state: 'triggers-pending' }],
    ['install ok unpacked', { held: false, state: 'unpacked' }],
  ])('keeps "%s"', (status, facts) => {
    expect(read(stanza({ Status: status })).components).toMatchObject([facts]);
  });

  it.each(['deinstall ok config-files', 'purge ok not-installed', 'hold ok config-files'])(
    'leaves out "%s", also without a version',
    (status) =>
      expect(read(stanza({ Status: status, Version: '' }))).toEqual({ components: [], problems: [] }),
  );

  it('has the same package for several architectures', () => {
    const { components, problems } = read(stanza({}) + stanza({ Architecture: 'i386' }));
    expect(components.map((c) => c.arch)).toEqual(['amd64', 'i386']);
    expect(problems).toEqual([]);
  });

  it.each([
    [{ Package: '' }, 'status:1: a package without a name'],
    [{ Package: '../x' }, 'status:1: "../x" is no package name'],
    [{ Status: '' }, 'status:1: a has no Status'],
    [
      { Status: 'install ok shiny' },
      'status:1: a has the status "install ok shiny", which dpkg does not have',
    ],
    [{ Version: '' }, 'status:1: a has no usable version ("")'],
    [{ Version: '1 2' }, 'status:1: a has no usable version ("1 2")'],
    [{ Architecture: 'x y' }, 'status:1: a has no usable architecture ("x y")'],
    [{ Source: 'b (1' }, 'status:1: a has the source "b (1", which is no source package'],
  ])('says what is damaged in %j and reads the rest', (fields, problem) => {
    const { components, problems } = read(stanza(fields) + stanza({ Package: 'whole' }));
    expect(problems).toEqual([problem]);
    expect(components.map((c) => c.name)).toEqual(['whole']);
  });

  it('reports a package that is listed twice', () => {
    expect(read(stanza({}) + stanza({ Version: '2' }))).toMatchObject({
      components: [{ version: '1.0-1' }],
      problems: ['status:6: a:amd64 is listed twice'],
    });
  });

  it('needs no Status in a status.d directory', () => {
    const { components } = parseDpkgStatus(stanza({ Status: '' }), { label: 'x', statusOptional: true });
    expect(components).toMatchObject([{ name: 'a', state: 'installed' }]);
  });

  it('never throws, and never loses a stanza without a word', () => {
    const line = fc.constantFrom(
      'Package: a',
      'Package: b',
      'Package:',
      'Status: install ok installed',
      'Status: deinstall ok config-files',
      'Version: 1',
      'Version: ~:',
      'Architecture: amd64',
      'Source: s (2)',
      'Source: (',
      ' folded',
      '',
      'junk',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const { components, problems } = read(lines.join('\n'));
        if (components.length === 0 && problems.length === 0)
          expect(lines.filter((l) => l.startsWith('Package: ')).length).toBeLessThanOrEqual(
            lines.filter((l) => l.includes('config-files')).length,
          );
      }),
      { numRuns: 500 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRpmQa, parseRpmQa, RPM_QA_FORMAT } from '../../src/observe/rpm-qa.ts';

const read = (...lines: string[]) => parseRpmQa(`${lines.join('\n')}\n`, { label: 'list' });
const fields = (...words: string[]): string => words.join('\t');

describe('a list of the documented fields', () => {
  it('asks for seven tags', () => {
    expect(RPM_QA_FORMAT.match(/%\{\w+\}/g)).toHaveLength(7);
    expect(RPM_QA_FORMAT.endsWith('\\n')).toBe(true);
  });

  it('gives version with epoch, source and module stream', () => {
    const { components, problems } = read(
      fields('bash', '(none)', '5.1.8', '6.el9', 'x86_64', 'bash-5.1.8-6.el9.src.rpm', '(none)'),
      fields('openssl-libs', '1', '3.0.7', '27.el9', 'x86_64', 'openssl-3.0.7-27.el9.src.rpm', ''),
      fields(
        'perl-IO-Socket-SSL',
        '0',
        '2.066',
        '4.module_el8.6.0+2811+fe6c84b0',
        'noarch',
        'perl-IO-Socket-SSL-2.066-4.module_el8.6.0+2811+fe6c84b0.src.rpm',
        'perl-IO-Socket-SSL:2.066:8060020220422081814:fbe42456',
      ),
    );
    expect(problems).toEqual([]);
    expect(components).toEqual([
      {
        name: 'bash',
        version: '5.1.8-6.el9',
        arch: 'x86_64',
        sourcePackage: 'bash',
        sourceVersion: '5.1.8-6.el9',
        held: false,
        state: 'installed',
      },
      expect.objectContaining({ version: '1:3.0.7-27.el9', sourceVersion: '1:3.0.7-27.el9' }),
      expect.objectContaining({ module: 'perl-IO-Socket-SSL:2.066', sourcePackage: 'perl-IO-Socket-SSL' }),
    ]);
  });

  it('takes the epoch of a source from the package that bears its version', () => {
    const { components } = read(
      fields('perl-Errno', '0', '1.28', '422.el8', 'x86_64', 'perl-5.26.3-422.el8.src.rpm', ''),
      fields('perl-libs', '4', '5.26.3', '422.el8', 'x86_64', 'perl-5.26.3-422.el8.src.rpm', ''),
    );
    expect(components.map((c) => [c.version, c.sourceVersion])).toEqual([
      ['1.28-422.el8', '4:5.26.3-422.el8'],
      ['4:5.26.3-422.el8', '4:5.26.3-422.el8'],
    ]);
  });

  it('reads the six fields of an rpm that knows no modules', () =>
    expect(
      read(fields('bash', '(none)', '4.2', '1.el7', 'x86_64', 'bash-4.2-1.el7.src.rpm')).components,
    ).toHaveLength(1));

  it('keeps several versions of one name, drops one listed twice, and leaves keys out', () => {
    const kernel = (release: string) =>
      fields('kernel-core', '', '5.14.0', release, 'x86_64', `kernel-5.14.0-${release}.src.rpm`, '');
    const { components, problems } = read(
      kernel('1.el9'),
      kernel('2.el9'),
      kernel('2.el9'),
      fields('gpg-pubkey', '(none)', '3abb34f8', '5ffd890e', '(none)', '(none)', '(none)'),
    );
    expect([components.length, problems]).toEqual([2, []]);
  });

  it.each([
    [fields('', '', '1', '1', 'x86_64', ''), 'is no package name'],
    [fields('a/../b', '', '1', '1', 'x86_64', ''), 'is no package name'],
    [fields('a', 'x', '1', '1', 'x86_64', ''), 'no usable epoch'],
    [fields('a', '', '', '1', 'x86_64', ''), 'no usable version'],
    [fields('a', '', '1-2', '1', 'x86_64', ''), 'no usable version'],
    [fields('a', '', '1', '1', 'x86/64', ''), 'no usable architecture'],
    [fields('a', '1'), 'is no package'],
    ['some words', 'is no package'],
  ])('%j is a problem with its line', (line, why) => {
    const { components, problems } = read(line);
    expect(components).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^list:1: .*${why}`))]);
  });
});

describe('what rpm -qa prints by itself', () => {
  it.each([
    ['acl-2.2.53-1.el8', 'acl', '2.2.53-1.el8', ''],
    ['bash-5.1.8-6.el9.x86_64', 'bash', '5.1.8-6.el9', 'x86_64'],
    ['openssl-libs-1:3.0.7-27.el9.x86_64', 'openssl-libs', '1:3.0.7-27.el9', 'x86_64'],
    ['tzdata-0:2024a-1.el9.noarch', 'tzdata', '2024a-1.el9', 'noarch'],
    ['python3-3.6-x-2.0-1.el8.noarch', 'python3-3.6-x', '2.0-1.el8', 'noarch'],
  ])('%s', (line, name, version, arch) => {
    expect(read(line).components).toEqual([
      expect.objectContaining({ name, version, arch, sourcePackage: null, sourceVersion: null }),
    ]);
  });

  it('leaves keys out', () => expect(read('gpg-pubkey-3abb34f8-5ffd890e').components).toEqual([]));
});

describe('telling an rpm list', () => {
  it.each([
    ['acl-2.2.53-1.el8\nbash-4.4.20-3.el8\n', true],
    [`${fields('bash', '(none)', '5', '1', 'x86_64', 'bash-5-1.src.rpm', '')}\n`, true],
    ['bash\t5.1-6ubuntu1\nbase-files\t12ubuntu4.6\n', false],
    ['musl-1.2.4-r2\nbusybox-1.36.1-r5\n', false],
    ['', false],
  ])('%j: %s', (text, is) => expect(isRpmQa(text)).toBe(is));
});

it('reads any text without throwing, and never more packages than lines', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'ab-1.:\t\r(~%') })), (lines) => {
      const { components, problems } = parseRpmQa(lines.join('\n'), { label: 'x' });
      expect(components.length + problems.length).toBeLessThanOrEqual(lines.length);
    }),
  );
});

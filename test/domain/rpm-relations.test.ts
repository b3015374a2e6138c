import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meets, type Relation, relationsOf } from '../../src/domain/rpm-relations.ts';
import { parseRpmStatus } from '../../src/domain/rpm-status.ts';
import { packageXml } from '../support/rpm-repository.ts';

const relation = (text: string): Relation => {
  const [name = '', operator = null, evr = null] = text.split(' ');
  return { name, operator: operator as Relation['operator'], evr };
};

describe('meets', () => {
  it.each([
    ['a', 'a', true],
    ['b', 'a', false],
    ['a = 1-1', 'a', true],
    ['a', 'a = 1', false],
    ['a = 1-1', 'a = 1', true],
    ['a = 1-2', 'a = 1-1', false],
    ['a = 1-2', 'a >= 1-1', true],
    ['a = 1-2', 'a > 1-2', false],
    ['a = 1-2', 'a <= 1', true],
    ['a = 1-2', 'a < 1', false],
    ['a = 1:1-1', 'a >= 2', true],
    ['a = 0.9', 'a >= 1', false],
    ['a >= 1', 'a = 3', true],
    ['a <= 1', 'a = 3', false],
    ['a < 2', 'a > 1', true],
    ['a < 2', 'a <= 2', true],
    ['a < 2', 'a >= 2', false],
  ])('%s given, %s needed: %s', (given, needed, answer) =>
    expect(meets(relation(given), relation(needed))).toBe(answer),
  );

  it('is the same both ways', () => {
    const side = fc.tuple(fc.constantFrom('=', '<', '>', '<=', '>='), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(side, side, ([x, v], [y, w]) => {
        const [a, b] = [relation(`a ${x} ${v}`), relation(`a ${y} ${w}`)];
        expect(meets(a, b)).toBe(meets(b, a));
        // Ranges meet when some version is in both; halves stand for what lies between whole versions.
        const within = (op: string, n: number, at: number) =>
          (op.includes('=') && at === n) || (op.startsWith('<') && at < n) || (op.startsWith('>') && at > n);
        const some = Array.from({ length: 12 }, (_, i) => i / 2).some(
          (at) => within(x, v, at) && within(y, w, at),
        );
        expect(meets(a, b)).toBe(some);
      }),
    );
  });
});

describe('relationsOf', () => {
  it('reads capabilities, files and versions, and leaves out what only rpm or a solver can judge', () => {
    const { provides, requires } = relationsOf(
      packageXml({
        name: 'a',
        version: '1-1',
        provides: ['lib.so.1()(64bit)'],
        requires: ['b >= 1:2-3', 'rpmlib(X) <= 4', '(c if d)', '/bin/sh'],
        files: ['/usr/bin/a'],
      }),
    );
    expect(provides).toEqual([relation('a = 1-1'), relation('lib.so.1()(64bit)'), relation('/usr/bin/a')]);
    expect(requires).toEqual([relation('b >= 1:2-3'), relation('/bin/sh')]);
  });
});

describe('parseRpmStatus', () => {
  it('reads what rpm prints and leaves out keys and junk', () => {
    const text = [
      'openssl-libs\t1\t3.0.7\t27.el9\tx86_64\tlibssl.so.3()(64bit)  |openssl-libs = 1:3.0.7-27.el9|\tlibc.so.6  |crypto-policies >= 2020|',
      'gpg-pubkey\t0\t1\t1\tnoarch\t\t',
      'junk',
    ].join('\n');
    expect(parseRpmStatus(text)).toEqual([
      {
        name: 'openssl-libs',
        epoch: 1,
        version: '3.0.7',
        release: '27.el9',
        arch: 'x86_64',
        provides: [relation('libssl.so.3()(64bit)'), relation('openssl-libs = 1:3.0.7-27.el9')],
        requires: [relation('libc.so.6'), relation('crypto-policies >= 2020')],
      },
    ]);
  });
});

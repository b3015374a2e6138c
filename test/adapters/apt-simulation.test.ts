import { describe, expect, it } from 'vitest';
import { aptSentence, parseSimulation } from '../../src/adapters/apt-simulation.ts';

describe('parseSimulation', () => {
  it.each([
    ['Inst pw-app (1.0 local-deb [all])', { name: 'pw-app', version: '1.0', arch: 'all' }],
    ['Inst pw-app [1.0] (1.1 local-deb [all])', { name: 'pw-app', version: '1.1', arch: 'all' }],
    [
      'Inst libc6 [2.36-9] (2.36-9+deb12u8 Debian:12.7/stable, Debian-Security:12/stable-security [amd64]) []',
      { name: 'libc6', version: '2.36-9+deb12u8', arch: 'amd64' },
    ],
    [
      'Inst libc6:i386 [1:2] (1:3~rc1 Debian:12/stable [i386])',
      { name: 'libc6', version: '1:3~rc1', arch: 'i386' },
    ],
    ['Inst libstdc++6 (12.2 [amd64])', { name: 'libstdc++6', version: '12.2', arch: 'amd64' }],
  ])('reads %s', (line, expected) => {
    expect(parseSimulation(`Reading package lists...\n${line}\nConf x (1 [all])\n`).installs).toEqual([
      expected,
    ]);
  });

  it('reads removals, purges and what is missing, each once and sorted', () => {
    const text = [
      'Remv zeta [1.0]',
      'Purg alpha:i386 [2.0]',
      ' pw-app : Depends: pw-lib (>= 1.0) but it is not installable',
      '          PreDepends: base-x but it is not going to be installed',
      ' other : Depends: pw-lib:any (>= 1.0) but 0.9 is to be installed',
      'E: Unable to locate package nope',
    ].join('\n');
    expect(parseSimulation(text)).toEqual({
      installs: [],
      removes: ['alpha', 'zeta'],
      needs: ['base-x', 'nope', 'pw-lib'],
    });
  });

  it('reads nothing from an unchanged system', () => {
    expect(parseSimulation('0 upgraded, 0 newly installed\n')).toEqual({
      installs: [],
      removes: [],
      needs: [],
    });
  });
});

describe('aptSentence', () => {
  it('is one line of the unmet dependencies and the errors', () => {
    const sentence = aptSentence({
      stdout: 'noise\n a : Depends: b (>= 2) but it is not installable\n',
      stderr: 'W: beside the point\nE: Unable to correct problems, you have held broken packages.\n',
    });
    expect(sentence).toBe(
      'a : Depends: b (>= 2) but it is not installable; E: Unable to correct problems, you have held broken packages.',
    );
  });

  it('falls back to stderr', () => {
    expect(aptSentence({ stdout: '', stderr: 'chroot: cannot change root directory\n' })).toBe(
      'apt-get failed: chroot: cannot change root directory',
    );
  });
});

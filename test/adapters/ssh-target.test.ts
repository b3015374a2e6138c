import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSshHost, isSshUser, sshArgv, sshTarget } from '../../src/adapters/ssh-target.ts';

const DIR = '/tmp/pw-ssh-x';
const target = (more: object = {}) => sshTarget({ host: 'web1', controlDir: DIR, ...more });

describe('where ssh goes', () => {
  it.each(['web1', 'web-1.example.org', '10.0.0.1', '2001:db8::1', 'a_b', 'A', 'x'.repeat(253)])(
    'takes the host %s',
    (host) => expect(isSshHost(host)).toBe(true),
  );

  it.each([
    '',
    '-oProxyCommand=x',
    '-',
    'a b',
    '%h',
    'a%b',
    'a;b',
    'a`b`',
    'a$(b)',
    '[::1]',
    'fe80::1%eth0',
    'a/b',
    'a\nb',
    'a\0',
    'ä',
    '.a',
    'a-',
    'user@host',
    'x'.repeat(254),
  ])('refuses the host %j', (host) => {
    expect(isSshHost(host)).toBe(false);
    expect(() => target({ host })).toThrow(/is no host name/);
  });

  it('refuses users, ports and places that could be something else', () => {
    for (const user of ['-l', 'a b', '', 'a;b', '%r', 'a\\b']) {
      expect(isSshUser(user)).toBe(false);
      expect(() => target({ user })).toThrow(/is no user name/);
    }
    for (const port of [0, -1, 65_536, 1.5, Number.NaN]) expect(() => target({ port })).toThrow(/is no port/);
    for (const controlDir of ['relative', `/${'x'.repeat(48)}`, '/a b', '/a%b'])
      expect(() => target({ controlDir })).toThrow(expect.objectContaining({ code: 'bug' }));
    expect(() => target({ configFile: 'relative' })).toThrow(expect.objectContaining({ code: 'bug' }));
  });

  it('never switches host keys off, never asks, and forwards nothing', () => {
    const argv = sshArgv(target({ user: 'u', port: 22, configFile: '/c' }), ['sh', '-s'], '/log');
    const options = argv.filter((_, i) => argv[i - 1] === '-o');
    for (const option of [
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
      'ForwardAgent=no',
      'ForwardX11=no',
      'ClearAllForwardings=yes',
      'PermitLocalCommand=no',
    ])
      expect(options).toContain(option);
    expect(argv.join(' ')).not.toMatch(/StrictHostKeyChecking=(no|off|accept-new|ask)/);
    expect(argv.slice(0, 5)).toEqual(['ssh', '-F', '/c', '-E', '/log']);
    expect(argv.slice(-8)).toEqual(['-p', '22', '-l', 'u', '--', 'web1', 'sh', '-s']);
  });

  it('keeps the address of a shared socket below the limit of the system', () => {
    const path = sshArgv(target({ controlDir: `/${'x'.repeat(47)}` }), ['true'], '/log')
      .find((a) => a.startsWith('ControlPath='))
      ?.replace('ControlPath=', '')
      .replace('%C', 'f'.repeat(40));
    expect((path?.length ?? 999) + 17).toBeLessThan(108);
    expect(sshArgv(target({ shared: false }), ['true'], '/log')).toContain('ControlPath=none');
  });

  it('sends only words that a shell reads as words', () => {
    for (const word of ['a b', 'a;b', '$x', '`x`', "'", '"', '*', '~', '', 'a\nb', '>', '|', '#', '\\'])
      expect(() => sshArgv(target(), ['cat', word], '/log')).toThrow(
        expect.objectContaining({ code: 'bug' }),
      );
    for (const words of [[], ['-x']])
      expect(() => sshArgv(target(), words, '/log')).toThrow(expect.objectContaining({ code: 'bug' }));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (word) => {
        const safe = /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) && !word.includes('\n');
        const make = () => sshArgv(target(), ['cat', word], '/log');
        if (safe) expect(make().at(-1)).toBe(word);
        else expect(make).toThrow();
      }),
    );
  });
});

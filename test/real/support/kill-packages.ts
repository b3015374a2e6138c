import type { PackageSpec } from './packages.ts';

/** Tells when it begins and when it ends, with a second between, so that it can be met in the middle. */
const telling = (name: string, version: string, end: string): string =>
  [
    `echo "begin ${version}" >> /var/log/${name}.log`,
    'sleep 1',
    end === 'fail' ? 'exit 1' : `echo "end ${version}" >> /var/log/${name}.log`,
  ].join('\n');

const kill = (version: string, end = 'good'): PackageSpec => ({
  name: 'pw-kill',
  version,
  postinst: `if [ "$1" = configure ] && [ -n "$2" ]; then\n${telling('pw-kill', version, end)}\nfi`,
});

/** `pw-kill` tells of every configuring but the first; 1.2 fails, and then the way back to 1.0 takes a moment too. */
export const KILL_GOOD: readonly PackageSpec[] = [kill('1.0'), kill('1.1')];
export const KILL_BAD: readonly PackageSpec[] = [kill('1.0'), kill('1.2', 'fail')];
/** Takes a moment to unpack. */
export const KILL_BIG: readonly PackageSpec[] = ['1.0', '1.1'].map((version) => ({
  name: 'pw-big',
  version,
  files: { '/usr/share/pw-big/blob': version === '1.1' ? '0123456789abcde\n'.repeat(4 << 20) : '' },
  postinst: `if [ -n "$2" ]; then\n${telling('pw-big', version, 'good')}\nfi`,
}));

import { expect, it } from 'vitest';
import { afterInstall } from '../../src/domain/after-install.ts';

it.each([
  ['linux-image-6.1.0-26-amd64', 'reboot'],
  ['kernel', 'reboot'],
  ['kernel-core', 'reboot'],
  ['kernelshark', null],
  ['libc6', 'reboot'],
  ['libc6-dev', 'restart'],
  ['glibc', 'reboot'],
  ['intel-microcode', 'reboot'],
  ['libssl3', 'restart'],
  ['krb5-libs', 'restart'],
  ['openssl', null],
] as const)('%s: %s', (name, after) => expect(afterInstall(name)).toBe(after));

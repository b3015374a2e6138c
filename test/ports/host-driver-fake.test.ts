import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import { instantOf } from '../../src/domain/time.ts';
import { sha256, sha256Hex } from '../../src/util/digest.ts';
import {
  bytesOf,
  component,
  type FakePackage,
  fakeHost,
  fakeHostDriver,
} from '../support/fakes/host-driver.ts';
import { hostDriverConformance } from './host-driver.conformance.ts';

const START = Date.parse('2026-01-05T10:00:00Z');

hostDriverConformance('in memory', async () => {
  let asked = 0;
  // A second passes whenever somebody looks at the clock.
  const clock = { now: () => instantOf(START + 1000 * asked++) };
  const catalogue: FakePackage[] = ['pw-app', 'pw-broken'].flatMap((name) => [
    { name, version: '1.0' },
    { name, version: '1.1', broken: name === 'pw-broken' },
  ]);
  const installed = ['pw-app', 'pw-broken'].map((n) => component(n, '1.0'));
  const host = fakeHost('web-1', installed, catalogue);
  let runs = 0;
  const order = (name: string, soakSeconds: number): HostOrder => {
    const file = (version: string) => {
      const bytes = bytesOf({ name, version });
      return { name, arch: 'all', version, sha256: sha256Hex(bytes), size: bytes.length };
    };
    runs += 1;
    return {
      apiVersion: 'patchwarden/v1',
      run: sha256(`run ${runs}`),
      epoch: 7,
      asset: 'web-1',
      lock: sha256('lock'),
      merge: 'a'.repeat(40),
      plan: sha256('plan'),
      family: 'deb',
      packages: [{ ...file('1.1'), from: '1.0', downgrade: false, fresh: false }],
      predecessors: [file('1.0')],
      restore: 'package',
      reboot: 'never',
      probes: [],
      soakSeconds,
      watchSeconds: 0,
      cpu: null,
      startBefore: null,
      maxClockSkewSeconds: 60,
      now: instantOf(START),
    };
  };
  return {
    driver: fakeHostDriver(host, clock),
    good: () => order('pw-app', 0),
    bad: () => order('pw-broken', 0),
    slow: () => order('pw-app', 12),
    bytes: async (sha) => catalogue.map(bytesOf).find((b) => sha256Hex(b) === sha) ?? new Uint8Array(),
    version: (name) => host.components.get(name)?.version,
  };
});

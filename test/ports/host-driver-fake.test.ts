import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import { sha256, sha256Hex } from '../../src/util/digest.ts';
import { memoryHost, memoryHostDriver } from '../support/fakes/host-driver-memory.ts';
import { hostDriverConformance } from './host-driver.conformance.ts';

hostDriverConformance('in memory', async () => {
  const host = memoryHost('web-1', { 'pw-app': '1.0', 'pw-broken': '1.0' });
  const bytesOf = (name: string, version: string) => new TextEncoder().encode(`${name} ${version}`);
  const all = ['pw-app', 'pw-broken'].flatMap((n) => ['1.0', '1.1'].map((v) => bytesOf(n, v)));
  host.bad.add(sha256Hex(bytesOf('pw-broken', '1.1')));
  let runs = 0;
  const order = (name: string): HostOrder => {
    const file = (version: string) => {
      const bytes = bytesOf(name, version);
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
      soakSeconds: 0,
      watchSeconds: 0,
      cpu: null,
      startBefore: null,
      maxClockSkewSeconds: 60,
      now: host.clock,
    };
  };
  return {
    driver: memoryHostDriver(host),
    good: () => order('pw-app'),
    bad: () => order('pw-broken'),
    slow: () => order('pw-app'),
    bytes: async (sha) => all.find((b) => sha256Hex(b) === sha) ?? new Uint8Array(),
    version: (name) => host.installed.get(name),
  };
});

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalChannel } from '../../../src/adapters/host-channel-local.ts';
import { createHelperDriver } from '../../../src/adapters/host-driver-helper.ts';
import type { HelperAsset } from '../../../src/adapters/host-helper-asset.ts';
import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { HostDriver } from '../../../src/ports/host-driver.ts';
import { sha256 } from '../../../src/util/digest.ts';
import type { Deb, PackageSpec } from './packages.ts';
import type { TestRoot } from './root.ts';

/** Packages that go wrong, each in its own way, beside the standard ones. */
export const BAD_PACKAGES: readonly PackageSpec[] = [
  { name: 'pw-burn', version: '1.0' },
  // In the background of the transaction's own session, as a daemon that a careless script starts.
  { name: 'pw-burn', version: '1.1', postinst: '(while :; do :; done) > /dev/null 2>&1 &' },
  { name: 'pw-probe', version: '1.0', files: { '/usr/share/pw-probe/health': 'good\n' } },
  { name: 'pw-probe', version: '1.1', files: { '/usr/share/pw-probe/health': 'bad\n' } },
  {
    name: 'pw-conf',
    version: '1.0',
    files: { '/etc/pw-conf.conf': 'old default\n', '/usr/lib/pw-conf/code': 'old\n' },
  },
  {
    name: 'pw-conf',
    version: '1.1',
    files: {
      '/etc/pw-conf.conf': 'new default\n',
      '/usr/lib/pw-conf/code': 'new\n',
      '/etc/pw-conf.extra': 'x\n',
    },
  },
  { name: 'pw-alter', version: '1.0', files: { '/usr/lib/pw-alter/code': 'old\n' } },
  {
    name: 'pw-alter',
    version: '1.1',
    files: { '/usr/lib/pw-alter/code': 'new\n' },
    postinst: 'echo altered > /usr/lib/pw-alter/code',
  },
  { name: 'pw-hang', version: '1.0' },
  { name: 'pw-hang', version: '1.1', postinst: 'sleep 600' },
  { name: 'pw-fights', version: '1.0' },
  { name: 'pw-fights', version: '1.1', depends: 'pw-rival' },
  { name: 'pw-rival', version: '1.0', postinst: 'exit 3' },
];

export const PROBE: HostOrder['probes'][number] = {
  id: 'health',
  kind: 'command',
  argv: ['/bin/grep', '-q', 'good', '/usr/share/pw-probe/health'],
};

export interface HostWorld {
  readonly driver: HostDriver;
  readonly area: string;
  /** Of these packages, with what is installed now as predecessors. */
  readonly order: (debs: readonly Deb[], over?: Partial<HostOrder>) => HostOrder;
  readonly stage: (order: HostOrder) => Promise<void>;
  /** Asks until the run is in one of these phases (and its worker `done`); throws with the receipt when that takes too long. */
  readonly until: (
    run: string,
    phases: readonly HostReceipt['phase'][],
    seconds?: number,
    done?: boolean,
  ) => Promise<HostReceipt>;
  /** Stages, begins and waits for the end. */
  readonly carryOut: (order: HostOrder, seconds?: number) => Promise<HostReceipt>;
  /** Process id of the worker of a run. */
  readonly worker: (run: string) => number;
}

export const ENDED = ['kept', 'refused', 'failed', 'restored', 'unrestored'] as const;
const EPOCH = 7;
let runs = 0;

/** A driver for one root directory, and the words to write orders with. */
export function buildHostWorld(root: TestRoot, debs: readonly Deb[], asset?: HelperAsset): HostWorld {
  // Another python than this machine's own, such as the oldest one that hosts have.
  const python = process.env.PATCHWARDEN_TEST_PYTHON ?? 'python3';
  const channel = createLocalChannel({ root: root.dir, python, ...(asset ? { asset } : {}) });
  const driver = createHelperDriver({ asset: 'web-1', channel });
  const area = join(root.dir, 'var/lib/patchwarden');
  const bytes = (sha: string) => async () =>
    readFileSync(debs.find((d) => d.sha256 === sha)?.path ?? `no bytes of ${sha}`);

  const order: HostWorld['order'] = (packages, over = {}) => {
    runs += 1;
    const known = packages.map((d) => ({ deb: d, from: root.dpkg(d.name)?.split(' ')[0] ?? null }));
    return {
      apiVersion: 'patchwarden/v1',
      run: sha256(`run ${runs} of ${process.pid} on ${root.dir}`),
      epoch: EPOCH,
      asset: 'web-1',
      lock: sha256('lock'),
      merge: 'a'.repeat(40),
      plan: sha256('plan'),
      family: 'deb',
      packages: known.map(({ deb, from }) => ({
        name: deb.name,
        arch: deb.arch,
        version: deb.version,
        sha256: deb.sha256,
        size: deb.size,
        from,
        downgrade: false,
        fresh: from === null,
      })),
      predecessors: known.flatMap(({ deb, from }) =>
        debs
          .filter((d) => d.name === deb.name && d.version === from)
          .map(({ name, arch, version, sha256, size }) => ({ name, arch, version, sha256, size })),
      ),
      restore: 'package',
      reboot: 'never',
      probes: [],
      soakSeconds: 0,
      watchSeconds: 0,
      cpu: null,
      startBefore: null,
      maxClockSkewSeconds: 60,
      now: `${new Date().toISOString().slice(0, 19)}Z`,
      ...over,
    };
  };
  const stage: HostWorld['stage'] = async (o) => {
    for (const p of [...o.packages, ...o.predecessors]) await driver.stage(o.epoch, p, bytes(p.sha256));
  };
  const until: HostWorld['until'] = async (run, phases, seconds = 120, done = false) => {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const receipt = await driver.receipt(EPOCH, run);
      if (receipt && phases.includes(receipt.phase) && (!done || receipt.worker === 'done')) return receipt;
      if (performance.now() > end)
        throw new Error(`not ${phases.join()}: ${JSON.stringify(receipt, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return {
    driver,
    area,
    order,
    stage,
    until,
    carryOut: async (o, seconds) => {
      await stage(o);
      await driver.begin(o);
      return until(o.run, ENDED, seconds, true);
    },
    worker: (run) =>
      (JSON.parse(readFileSync(join(area, 'receipts', `${run.slice(7)}.json`), 'utf8')) as { pid: number })
        .pid,
  };
}

/** Forgets what the host remembers of runs, between tests. */
export const forgetRuns = (world: HostWorld): void => rmSync(world.area, { recursive: true, force: true });

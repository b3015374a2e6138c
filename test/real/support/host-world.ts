import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalChannel } from '../../../src/adapters/host-channel-local.ts';
import { createHelperDriver } from '../../../src/adapters/host-driver-helper.ts';
import type { HelperAsset } from '../../../src/adapters/host-helper-asset.ts';
import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { HostDriver } from '../../../src/ports/host-driver.ts';
import {
  buildOrder,
  carryOut,
  changeTo,
  type Phase,
  plainFile,
  stageOrder,
  untilPhase,
} from './host-orders.ts';
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
    phases: readonly Phase[],
    seconds?: number,
    done?: boolean,
  ) => Promise<HostReceipt>;
  /** Stages, begins and waits for the end. */
  readonly carryOut: (order: HostOrder, seconds?: number) => Promise<HostReceipt>;
  /** Process id of the worker of a run. */
  readonly worker: (run: string) => number;
}

const EPOCH = 7;

/** A driver for one root directory, and the words to write orders with. */
export function buildHostWorld(root: TestRoot, debs: readonly Deb[], asset?: HelperAsset): HostWorld {
  // Another python than this machine's own, such as the oldest one that hosts have.
  const python = process.env.PATCHWARDEN_TEST_PYTHON ?? 'python3';
  const channel = createLocalChannel({ root: root.dir, python, ...(asset ? { asset } : {}) });
  const driver = createHelperDriver({ asset: 'web-1', channel });
  const area = join(root.dir, 'var/lib/patchwarden');
  const order: HostWorld['order'] = (packages, over = {}) => {
    const known = packages.map((d) => ({ deb: d, from: root.dpkg(d.name)?.split(' ')[0] ?? null }));
    return buildOrder({
      asset: 'web-1',
      epoch: EPOCH,
      packages: known.map(({ deb, from }) => changeTo(deb, from)),
      predecessors: known.flatMap(({ deb, from }) =>
        debs.filter((d) => d.name === deb.name && d.version === from).map(plainFile),
      ),
      ...over,
    });
  };
  return {
    driver,
    area,
    order,
    stage: (o) => stageOrder(driver, o, debs),
    until: (run, phases, seconds = 120, done = false) =>
      untilPhase(driver, { epoch: EPOCH, run }, phases, { seconds, done }),
    carryOut: (o, seconds = 120) => carryOut(driver, o, debs, { seconds }),
    worker: (run) =>
      (JSON.parse(readFileSync(join(area, 'receipts', `${run.slice(7)}.json`), 'utf8')) as { pid: number })
        .pid,
  };
}

/** Forgets what the host remembers of runs, between tests. */
export const forgetRuns = (world: HostWorld): void => rmSync(world.area, { recursive: true, force: true });

import { readFileSync } from 'node:fs';
import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { HostDriver } from '../../../src/ports/host-driver.ts';
import { sha256 } from '../../../src/util/digest.ts';

export type Phase = HostReceipt['phase'];
export const ENDED: readonly Phase[] = ['kept', 'refused', 'failed', 'restored', 'unrestored'];

/** A package file, and where its bytes are. */
export interface PackageFile {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly sha256: string;
  readonly size: number;
  readonly path: string;
}

/** As orders name it, without its place. */
export const plainFile = ({ name, arch, version, sha256, size }: PackageFile) => ({
  name,
  arch,
  version,
  sha256,
  size,
});

/** An entry of an order: `from` is the version that is installed, null for a package that is new. */
export const changeTo = (file: PackageFile, from: string | null): HostOrder['packages'][number] => ({
  ...plainFile(file),
  from,
  downgrade: false,
  fresh: from === null,
});

/** What differs between orders; the rest is a small, patient one: packages as the way back, no reboot, no probes, no soak. */
export type OrderWords = Pick<HostOrder, 'asset' | 'epoch' | 'packages' | 'predecessors'> &
  Partial<HostOrder>;

let runs = 0;

/** An order of a run that never was. */
export function buildOrder(words: OrderWords): HostOrder {
  runs += 1;
  return {
    apiVersion: 'patchwarden/v1',
    run: sha256(`run ${runs} of ${process.pid} for ${words.asset}`),
    lock: sha256('lock'),
    merge: 'a'.repeat(40),
    plan: sha256('plan'),
    family: 'deb',
    restore: 'package',
    reboot: 'never',
    probes: [],
    soakSeconds: 0,
    watchSeconds: 0,
    cpu: null,
    startBefore: null,
    maxClockSkewSeconds: 60,
    now: `${new Date().toISOString().slice(0, 19)}Z`,
    ...words,
  };
}

/** Brings all bytes of an order to the host. */
export async function stageOrder(
  driver: HostDriver,
  order: HostOrder,
  files: readonly PackageFile[],
): Promise<void> {
  for (const p of [...order.packages, ...order.predecessors])
    await driver.stage(order.epoch, p, async () =>
      readFileSync(files.find((f) => f.sha256 === p.sha256)?.path ?? `no bytes of ${p.name} ${p.version}`),
    );
}

export interface Patience {
  readonly seconds?: number;
  /** Its worker is done, too. */
  readonly done?: boolean;
  /** The host may be booting: calls that fail are asked again. */
  readonly boots?: boolean;
  /** Milliseconds between two questions. */
  readonly every?: number;
}

/** Asks until a run is in one of these phases; throws with the receipt when that takes too long. */
export async function untilPhase(
  driver: HostDriver,
  { epoch, run }: Pick<HostOrder, 'epoch' | 'run'>,
  phases: readonly Phase[],
  { seconds = 120, done = false, boots = false, every = 100 }: Patience = {},
): Promise<HostReceipt> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const receipt = await driver.receipt(epoch, run).catch((error: unknown) => {
      if (boots) return undefined;
      throw error;
    });
    if (receipt && phases.includes(receipt.phase) && (!done || receipt.worker === 'done')) return receipt;
    if (performance.now() > end)
      throw new Error(`${driver.asset} is not ${phases.join()}: ${JSON.stringify(receipt, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** Stages, begins and waits for the end. */
export async function carryOut(
  driver: HostDriver,
  order: HostOrder,
  files: readonly PackageFile[],
  patience: Patience = {},
): Promise<HostReceipt> {
  await stageOrder(driver, order, files);
  await driver.begin(order);
  return untilPhase(driver, order, ENDED, { ...patience, done: true });
}

/** How long each step took, by the host's own clock, whole seconds where the step was cut off by a boot or a kill. */
export const stepTimes = ({ steps }: Pick<HostReceipt, 'steps'>): string =>
  steps
    .filter((s) => s.ended !== null && s.outcome !== 'skipped')
    .map((s) => {
      const seconds = s.seconds ?? (Date.parse(s.ended ?? '') - Date.parse(s.started)) / 1000;
      return `${s.step} ${seconds.toFixed(1)}${s.outcome === 'ok' ? '' : ` (${s.outcome ?? 'open'})`}`;
    })
    .join(', ');

import type { IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import type { HostOrder } from '../contracts/generated/host-order.ts';
import type { HostStatus } from '../contracts/generated/host-status.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import { schemeOf } from '../domain/version/scheme.ts';
import type { StageFile } from '../ports/host-driver.ts';
import { MAX_CLOCK_SKEW_SECONDS } from './health.ts';
import type { FilePlace, HostPlan } from './host-plan.ts';
import type { RingPlan } from './ring-plan.ts';
import type { RingRollout } from './rollout.ts';
import { runId } from './run.ts';
import { START_WITHIN_SECONDS, watchSecondsOf } from './settle.ts';

export interface OrderInput {
  readonly rollout: RingRollout;
  readonly ring: RingPlan;
  readonly host: HostPlan;
  readonly epoch: number;
  readonly attempt: number;
  readonly now: Instant;
  readonly urlOf: (place: FilePlace) => string | null;
}

/** Everything one host shall do by itself, as a value. */
export function buildOrder(input: OrderInput): HostOrder {
  const { rollout, ring, host, now } = input;
  const { baseline } = rollout;
  const cpu = baseline.verify?.cpu ?? null;
  const sampling = cpu ? (cpu.sampleSeconds ?? 300) : 0;
  const late = instantOf(Date.parse(now) + (START_WITHIN_SECONDS + sampling) * 1000);
  const closes = ring.window.kind === 'open' ? ring.window.until : now;
  return {
    apiVersion: 'patchwarden/v1',
    run: runId(host.asset, host.lock, input.attempt),
    epoch: input.epoch,
    asset: host.asset,
    lock: host.lock,
    merge: host.merge,
    plan: ring.digest,
    family: schemeOf(host.stream) === 'rpm' ? 'rpm' : 'deb',
    packages: host.packages.map((p) => {
      const { name, arch, version, sha256, size, from, downgrade, fresh } = p;
      const url = input.urlOf(p.place);
      return {
        ...{ name, arch, version, sha256, size, from, downgrade, fresh },
        ...(url === null ? {} : { url }),
      };
    }),
    predecessors: predecessorsOf(host).map(({ name, arch, version, sha256, size }) => ({
      ...{ name, arch, version, sha256, size },
    })),
    restore: baseline.rollback ?? 'package',
    reboot: baseline.reboot ?? 'if-required',
    probes: baseline.verify?.probes ?? [],
    soakSeconds: baseline.verify?.soakSeconds ?? 60,
    watchSeconds: watchSecondsOf(ring.bakeMinutes),
    cpu,
    startBefore: closes !== null && closes < late ? closes : late,
    maxClockSkewSeconds: MAX_CLOCK_SKEW_SECONDS,
    now,
  };
}

type PlacedFile = Omit<StageFile, 'url'> & { readonly place: FilePlace };

const predecessorsOf = (host: HostPlan): readonly PlacedFile[] =>
  host.packages.flatMap(({ name, arch, before }): PlacedFile[] =>
    before === null
      ? []
      : [
          {
            ...{ name, arch, version: before.version, sha256: before.sha256, size: before.size },
            place: {
              source: before.source ?? null,
              origin: before.origin ?? null,
              filename: before.filename ?? null,
            },
          },
        ],
  );

/** Every file that the host must have before anything changes: the new ones, and the way back. */
export const filesOf = (host: HostPlan): readonly PlacedFile[] => [
  ...host.packages.map(({ name, arch, version, sha256, size, place }) => ({
    ...{ name, arch, version, sha256, size, place },
  })),
  ...predecessorsOf(host),
];

/** The announcement of an order. */
export const intentOf = (
  order: HostOrder,
  host: HostPlan,
  more: { readonly wave: number; readonly try: number; readonly class: string | undefined },
): IntentEvidence => ({
  apiVersion: 'patchwarden/v1',
  type: 'intent',
  time: order.now,
  run: order.run,
  asset: order.asset,
  merge: order.merge,
  lock: order.lock,
  plan: order.plan,
  packages: host.packages.map(({ purl, from, version, sha256 }) => ({ purl, from, to: version, sha256 })),
  wave: more.wave,
  epoch: order.epoch,
  try: more.try,
  ...(more.class === undefined ? {} : { class: more.class }),
});

/** Why the host has not the way back that the baseline asks for; null when it has (X6). */
export function whyNoWayBack(order: HostOrder, host: HostPlan, status: HostStatus): string | null {
  if (order.restore === 'none' || host.packages.length === 0) return null;
  const snapshot = status.restore.some((r) => r !== 'package');
  if (order.restore === 'snapshot' && !snapshot)
    return 'the baseline wants a snapshot to go back to (rollback: snapshot), and the host can make none';
  // A snapshot comes back with a reboot; where none is allowed, packages are the only way.
  if (snapshot && order.reboot !== 'never') return null;
  if (!status.restore.includes('package'))
    return 'the baseline wants packages to go back to (rollback: package), and the host cannot do that';
  // What a rollback takes away is the bad version itself: nobody goes back to it.
  const missing = host.packages.filter((p) => p.from !== null && !p.downgrade && p.before === null);
  return missing.length === 0
    ? null
    : `no way back: nobody keeps the files of ${missing.map((p) => `${p.name} ${p.from}`).join(', ')}; let reconcile fill the artifact store, or set rollback: none`;
}

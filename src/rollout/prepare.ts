import { encodeEntry } from '../contracts/evidence-codec.ts';
import type { IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import type { HostOrder } from '../contracts/generated/host-order.ts';
import type { HostStatus } from '../contracts/generated/host-status.ts';
import { splitIntent } from '../contracts/intent-parts.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { HostDriver, HostSimulation } from '../ports/host-driver.ts';
import { compareCodePoints } from '../util/sort.ts';
import { MAX_CLOCK_SKEW_SECONDS } from './health.ts';
import { type HostPlan, isDue } from './host-plan.ts';
import type { HostLook } from './host-state.ts';
import { lookAt, lookOfError } from './look.ts';
import { buildOrder, filesOf, intentOf, whyNoWayBack } from './order.ts';
import type { RingPlan } from './ring-plan.ts';
import type { RingRollout, RolloutDeps } from './rollout.ts';
import type { Run } from './run.ts';

/** A host with everything in place: bytes checked and simulated, nothing changed. */
export interface ReadyHost {
  readonly kind: 'ready';
  readonly driver: HostDriver;
  readonly order: HostOrder;
  /** The announcement, in as many parts as the log takes at most. */
  readonly intent: readonly IntentEvidence[];
}

/** Or what the host is instead. */
export type Prepared = ReadyHost | { readonly kind: 'not'; readonly look: HostLook };

export interface PrepareInput {
  readonly asset: string;
  readonly rollout: RingRollout;
  readonly ring: RingPlan;
  readonly wave: number;
  readonly epoch: number;
  /** Runs of this host with this lock so far. */
  readonly runs: readonly Run[];
}

type PrepareDeps = Pick<RolloutDeps, 'clock' | 'artifacts' | 'drivers' | 'observe' | 'fetchUrl'>;

/** Room that must stay free on the host after the packages are unpacked: 32 MiB. */
const MARGIN = 32 << 20;
/** A package unpacks to several times its size, and the old files are kept until the new ones are in place. */
const UNPACKED = 5;

/**
 * Makes one host ready without changing it: a fresh look, its own state (which also raises its fence to our epoch), the
 * way back, room, bytes, CPU samples of the time before, and its own package manager's word that exactly this would happen.
 */
export async function prepareHost(deps: PrepareDeps, input: PrepareInput): Promise<Prepared> {
  const { asset } = input;
  const driver = deps.drivers.get(asset);
  try {
    const look = await lookAt(deps, asset, input.rollout, input.ring.target);
    if (!driver || look.kind !== 'plan' || !isDue(look.plan) || look.plan.refusal !== null)
      return { kind: 'not', look };
    const status = await driver.status(input.epoch);
    const objection = objectionTo(look.plan, status, deps.clock.now());
    if (objection !== null) return refused(objection);
    return await agree(deps, driver, input, look.plan, status);
  } catch (error) {
    return { kind: 'not', look: lookOfError(error) };
  }
}

const refused = (reason: string): Prepared => ({
  kind: 'not',
  look: { kind: 'refused', code: 'host-failed', reason },
});

/** What the host itself has against it. */
function objectionTo(plan: HostPlan, status: HostStatus, now: string): string | null {
  if (status.open !== null)
    return `the host still works on the run ${status.open}, which this evidence does not know`;
  const bad = plan.packages.filter((p) => status.quarantined.includes(p.sha256));
  if (bad.length > 0)
    return `${bad.map((p) => `${p.name} ${p.version}`).join(', ')} went bad on this host before, says the host`;
  const total = plan.packages.reduce((sum, p) => sum + p.size, 0);
  const needed = total * (1 + UNPACKED) + MARGIN;
  if (status.freeBytes < needed)
    return `${plan.asset} has ${mib(status.freeBytes)} MiB free, and ${mib(needed)} MiB are needed to stage and unpack ${plan.packages.length} package(s)`;
  const skew = Math.abs(Date.parse(status.clock) - Date.parse(now)) / 1000;
  if (!(skew <= MAX_CLOCK_SKEW_SECONDS))
    return `the clock of the host differs by ${Math.round(skew)} s from that of the controller`;
  return null;
}

/** The host's own package manager must want exactly the plan; a dependency that the lock holds is added and asked again. */
async function agree(
  deps: PrepareDeps,
  driver: HostDriver,
  input: PrepareInput,
  first: HostPlan,
  status: HostStatus,
): Promise<Prepared> {
  const { asset, epoch, ring, rollout, runs, wave } = input;
  const attempt = runs.length + 1;
  let plan = first;
  const alsoNeeded = new Set<string>();
  for (;;) {
    const urlOf = deps.fetchUrl ?? (() => null);
    const order = buildOrder({ rollout, ring, host: plan, epoch, attempt, now: deps.clock.now(), urlOf });
    const stuck = whyNoWayBack(order, plan, status);
    if (stuck !== null) return refused(stuck);
    const intent = splitIntent(intentOf(order, plan, { wave, try: attempt, class: ring.classes.get(asset) }));
    for (const part of intent) {
      const encoded = encodeEntry(part);
      if (!encoded.ok) return refused(`its intent cannot be logged: ${encoded.error}`);
    }
    await checkBytes(deps, plan);
    if (plan.packages.length === 0) return { kind: 'ready', driver, order, intent };
    if (order.cpu !== null) await driver.sample(epoch, order);
    await stageAll(deps, driver, epoch, plan, new Set(status.staged));
    const simulated = await driver.simulate(epoch, order);
    const grown = plan.leftOut.filter(
      (l) => l.state === 'absent' && simulated.needs.includes(parseLockKey(l.purl)?.name ?? ''),
    );
    if (grown.length === 0) {
      const reason = differs(plan, simulated);
      return reason === null ? { kind: 'ready', driver, order, intent } : refused(reason);
    }
    for (const l of grown) alsoNeeded.add(l.purl);
    const look = await lookAt(deps, asset, rollout, ring.target, alsoNeeded);
    if (look.kind !== 'plan' || look.plan.refusal !== null) return { kind: 'not', look };
    plan = look.plan;
  }
}

/** @returns how the simulation differs from the plan; null when they agree */
function differs(plan: HostPlan, simulated: HostSimulation): string | null {
  const wanted = plan.packages.map((p) => `${p.name}=${p.version}`).sort(compareCodePoints);
  const extra = simulated.installs.filter((i) => !wanted.includes(i));
  const lacking = wanted.filter((w) => !simulated.installs.includes(w));
  if (simulated.needs.length > 0) return `needs: ${simulated.needs.join(', ')}`;
  if (simulated.removes.length > 0) return `would remove ${simulated.removes.join(', ')}`;
  if (extra.length > 0) return `would also install ${extra.join(', ')}`;
  return simulated.problem ?? (lacking.length > 0 ? `would not install ${lacking.join(', ')}` : null);
}

/** Before anything is sent: every byte can be had. */
async function checkBytes(deps: PrepareDeps, plan: HostPlan): Promise<void> {
  const missing: string[] = [];
  for (const file of filesOf(plan))
    if (!(await deps.artifacts.has(file.sha256)) && !deps.fetchUrl?.(file.place))
      missing.push(`${file.name} ${file.version} (sha256 ${file.sha256})`);
  if (missing.length > 0)
    throw new PatchwardenError(
      'bytes-missing',
      `the artifact store does not hold ${missing.join(', ')}, which the lock names`,
    );
}

const mib = (bytes: number): number => Math.ceil(bytes / (1 << 20));

async function stageAll(
  deps: PrepareDeps,
  driver: HostDriver,
  epoch: number,
  plan: HostPlan,
  staged: ReadonlySet<string>,
): Promise<void> {
  for (const { place, ...file } of filesOf(plan)) {
    // The host checks every file again before it changes anything.
    if (staged.has(file.sha256)) continue;
    const url = (await deps.artifacts.has(file.sha256)) ? null : (deps.fetchUrl?.(place) ?? null);
    await driver.stage(epoch, url === null ? file : { ...file, url }, async () => {
      const bytes = await deps.artifacts.get(file.sha256);
      if (bytes.byteLength === file.size) return bytes;
      throw new PatchwardenError(
        'digest-mismatch',
        `${file.name} ${file.version} has ${bytes.byteLength} bytes in the artifact store, and the lock says ${file.size}`,
      );
    });
  }
}

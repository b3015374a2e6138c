import { type ErrorCode, PatchwardenError } from '../domain/errors.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { RootDriver } from '../ports/root-driver.ts';
import { compareCodePoints } from '../util/sort.ts';
import { prepare, type RunDeps, runStep } from './host-run.ts';
import { type HostPlan, planHost } from './plan.ts';
import { recoverRuns } from './recover.ts';
import type { HostTarget } from './target.ts';

/** How one host ended: with a reason, always. */
export interface HostOutcome {
  readonly asset: string;
  readonly baseline: string;
  readonly ring: string;
  readonly state: 'patched' | 'equal' | 'refused' | 'failed' | 'untouched' | 'unknown';
  readonly reason: string;
  /** What it means for the exit code; null when nothing is wrong. */
  readonly code: ErrorCode | null;
  readonly run: string | null;
  /** `name from → to`, as planned. */
  readonly packages: readonly string[];
}

type Ending = Pick<HostOutcome, 'state' | 'reason' | 'code' | 'run'>;

/** Room that must stay free on the host after the packages are unpacked: 32 MiB. */
const MARGIN = 32 << 20;
/** A package unpacks to several times its size; dpkg keeps the old files until the new ones are in place. */
const UNPACKED = 5;

/** Brings one host to its lock, or says why not. Never throws for what concerns only this host. */
export async function applyHost(
  deps: RunDeps,
  driver: RootDriver | undefined,
  host: HostTarget,
): Promise<HostOutcome> {
  const { baseline, ring } = host.target.lock;
  let packages: readonly string[] = [];
  const end = (ending: Ending): HostOutcome => ({ asset: host.asset, baseline, ring, packages, ...ending });
  if (!driver) return end(stop('refused', 'usage', noDriver(host.asset)));
  try {
    const ending = await bring(deps, driver, host, (plan) => {
      packages = plan.packages.map((p) => `${p.name} ${p.from ?? '(new)'} → ${p.version}`);
    });
    return end(ending);
  } catch (error) {
    if (!(error instanceof PatchwardenError) || !HOST_ERRORS.has(error.code)) throw error;
    const state = error.code === 'host-failed' || error.code === 'source-failed' ? 'unknown' : 'refused';
    return end(stop(state, error.code, error.message));
  }
}

/** Failures of one host; others (a lost lease, a broken log, a full state location) stop the whole run. */
const HOST_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'host-failed',
  'source-failed',
  'bytes-missing',
  'digest-mismatch',
  'bad-document',
]);

export const noDriver = (asset: string): string =>
  `no driver for ${asset}: add one to "drivers" in patchwarden.json`;

const stop = (
  state: Ending['state'],
  code: ErrorCode | null,
  reason: string,
  run: string | null = null,
): Ending => ({
  state,
  code,
  reason,
  run,
});

async function bring(
  deps: RunDeps,
  driver: RootDriver,
  host: HostTarget,
  show: (plan: HostPlan) => void,
): Promise<Ending> {
  const earlier = await recoverRuns(deps, driver, host.asset);
  if (earlier?.kind === 'stopped') return stop(earlier.state, earlier.code, earlier.reason, earlier.run);
  let plan = await planNow(deps, driver, host);
  if (typeof plan === 'string') return stop('unknown', 'host-failed', plan);
  show(plan);
  if (plan.steps.length === 0)
    return earlier ? stop('patched', null, 'an earlier run had finished it', earlier.run) : atRest(plan);
  if (host.refusal !== null) return stop('refused', host.refusal.code, host.refusal.reason);
  if (plan.refusal !== null) return stop('refused', 'refused', plan.refusal);
  await checkBytes(deps, driver, plan);
  await driver.waitIdle();
  // Somebody else may have changed the host while we waited.
  plan = await planNow(deps, driver, host);
  if (typeof plan === 'string') return stop('unknown', 'host-failed', plan);
  if (plan.refusal !== null) return stop('refused', 'refused', plan.refusal);
  let run: string | null = null;
  if (plan.mend.length > 0 || (await driver.interrupted())) {
    const mended = await runStep(deps, driver, plan, 'mend');
    plan = await planNow(deps, driver, host);
    if (typeof plan === 'string') return stop('unknown', 'host-failed', plan);
    // What a planned file replaces may stay broken until then.
    if (mended.kind === 'stopped' && (plan.mend.length > 0 || mended.state !== 'failed'))
      return stop(mended.state, mended.code, mended.reason, mended.run);
    run = mended.run;
  }
  show(plan);
  if (plan.packages.length > 0) return install(deps, driver, host, plan, show);
  return run === null ? atRest(plan) : stop('patched', null, 'dpkg finished what was left', run);
}

async function install(
  deps: RunDeps,
  driver: RootDriver,
  host: HostTarget,
  first: HostPlan,
  show: (plan: HostPlan) => void,
): Promise<Ending> {
  const agreed = await agree(deps, driver, host, first);
  if (agreed.kind === 'differs') {
    await driver.clean();
    return stop('refused', 'host-failed', agreed.reason);
  }
  show(agreed.plan);
  const result = await runStep(deps, driver, agreed.plan, 'install');
  if (result.kind === 'stopped') {
    if (result.state === 'refused') await driver.clean();
    return stop(result.state, result.code, result.reason, result.run);
  }
  return stop('patched', null, `${agreed.plan.packages.length} package(s) installed and seen`, result.run);
}

/** The host's own package manager must want exactly the plan; a dependency that the lock holds is added and asked again. */
async function agree(
  deps: RunDeps,
  driver: RootDriver,
  host: HostTarget,
  first: HostPlan,
): Promise<
  { readonly kind: 'agreed'; readonly plan: HostPlan } | { readonly kind: 'differs'; readonly reason: string }
> {
  let plan = first;
  const alsoNeeded = new Set<string>();
  for (;;) {
    const simulated = await prepare(deps, driver, plan);
    const wanted = plan.packages.map((p) => `${p.name}=${p.version}`).sort(compareCodePoints);
    const extra = simulated.installs.filter((i) => !wanted.includes(i));
    const lacking = wanted.filter((w) => !simulated.installs.includes(w));
    const grown = plan.leftOut.filter(
      (l) => l.state === 'absent' && simulated.needs.includes(parseLockKey(l.purl)?.name ?? ''),
    );
    if (grown.length > 0) {
      for (const l of grown) alsoNeeded.add(l.purl);
      const next = await planNow(deps, driver, host, alsoNeeded);
      if (typeof next === 'string') return { kind: 'differs', reason: next };
      if (next.refusal !== null) return { kind: 'differs', reason: next.refusal };
      await checkBytes(deps, driver, next);
      plan = next;
      continue;
    }
    const reason =
      simulated.needs.length > 0
        ? `needs: ${simulated.needs.join(', ')}`
        : simulated.removes.length > 0
          ? `would remove ${simulated.removes.join(', ')}`
          : extra.length > 0
            ? `would also install ${extra.join(', ')}`
            : (simulated.problem ?? (lacking.length > 0 ? `would not install ${lacking.join(', ')}` : null));
    return reason === null ? { kind: 'agreed', plan } : { kind: 'differs', reason };
  }
}

/** @returns a sentence when the host cannot be read */
export async function planNow(
  deps: Pick<RunDeps, 'observe'>,
  driver: RootDriver,
  host: HostTarget,
  alsoNeeded?: ReadonlySet<string>,
): Promise<HostPlan | string> {
  const interrupted = await driver.interrupted();
  const seen = await deps.observe(host.asset);
  if (seen.unknown !== null || seen.stream === null)
    return `${host.asset} cannot be read: ${seen.unknown ?? 'no-stream'}`;
  return planHost({
    asset: host.asset,
    stream: seen.stream,
    components: seen.components,
    target: host.target,
    holds: host.holds,
    interrupted,
    stepsOf: driver.steps,
    ...(alsoNeeded ? { alsoNeeded } : {}),
  });
}

function atRest(plan: HostPlan): Ending {
  const pinned = plan.leftOut.filter((l) => l.state === 'pinned').map((l) => l.purl);
  if (pinned.length > 0)
    return stop('untouched', null, `held by the host itself: ${pinned.map(nameOf).join(', ')}`);
  return stop('equal', null, 'already as locked');
}

const nameOf = (purl: string): string => parseLockKey(purl)?.name ?? purl;

/** Before anything is touched: every byte is held, and there is room for it. */
async function checkBytes(deps: RunDeps, driver: RootDriver, plan: HostPlan): Promise<void> {
  const missing: string[] = [];
  for (const p of plan.packages)
    if (!(await deps.artifacts.has(p.sha256))) missing.push(`${p.name} ${p.version} (sha256 ${p.sha256})`);
  if (missing.length > 0)
    throw new PatchwardenError(
      'bytes-missing',
      `the artifact store does not hold ${missing.join(', ')}, which the lock names`,
    );
  const total = plan.packages.reduce((sum, p) => sum + p.size, 0);
  const needed = total * (1 + UNPACKED) + MARGIN;
  const free = await driver.freeBytes();
  if (free < needed)
    throw new PatchwardenError(
      'host-failed',
      `${plan.asset} has ${mib(free)} MiB free, and ${mib(needed)} MiB are needed to stage and unpack ${plan.packages.length} package(s)`,
    );
}

const mib = (bytes: number): number => Math.ceil(bytes / (1 << 20));

import type { EffectEvidence } from '../contracts/generated/evidence-entry.ts';
import { hostFailure } from './ask-hosts.ts';
import { mayStart } from './budget.ts';
import type { Controller } from './controller.ts';
import { forbidsLock, haltWords } from './halts.ts';
import { coalesced, pooled } from './pooled.ts';
import { type Prepared, prepareHost, type ReadyHost } from './prepare.ts';
import { tellHost } from './progress.ts';
import type { EvidenceView } from './ring-plan.ts';
import { NEVER_BEGUN } from './run.ts';
import { type RingView, type Survey, viewsOf } from './survey.ts';
import { windowFor } from './window.ts';

interface Start {
  readonly ring: RingView;
  readonly wave: number;
  readonly asset: string;
}

interface Ready extends Start {
  readonly host: ReadyHost;
}

/**
 * Starts the hosts that the rings decided to start: made ready in parallel, announced together in one append, then begun
 * one by one as each is checked against a stop that came meanwhile.
 * @returns false when there was nothing to start
 */
export async function startHosts(controller: Controller, seen: Survey): Promise<boolean> {
  const { input, lease, ledger } = controller;
  const chosen = viewsOf(seen).flatMap((ring): Start[] => {
    const { action } = ring;
    return action.kind === 'start' ? action.hosts.map((asset) => ({ ring, wave: action.wave, asset })) : [];
  });
  if (chosen.length === 0) return false;
  const prepared = await pooled(chosen, input.parallel, async (start) => ({
    ...start,
    host: await prepare(controller, start),
  }));
  const ready = stillAllowed(controller, seen, prepared);
  if (ready.length === 0) return true;
  // Whoever took the lease meanwhile is in the right (X9); what was entered meanwhile is decided on again (X5, X10).
  await lease.keep('now');
  if (!(await ledger.announce(ready.flatMap((r) => r.host.intent)))) return true;
  await beginAll(controller, ready);
  return true;
}

/** Windows that open within a day are made ready for: downloads and simulation happen before, so that all of it is for the change. */
const AHEAD_MS = 86_400_000;

/** Brings files to the hosts of waves that wait for their window, and finds out early what would be refused. */
export async function prepareAhead(controller: Controller, seen: Survey): Promise<void> {
  const soon = Date.parse(controller.deps.clock.now()) + AHEAD_MS;
  const waiting = viewsOf(seen).flatMap((ring): Start[] => {
    const { action, plan } = ring;
    const { window } = plan;
    if (action.kind !== 'wait' || window.kind !== 'closed' || action.until !== window.next) return [];
    if (window.next === null || Date.parse(window.next) > soon) return [];
    const hosts = plan.waves.find((w) => w.wave === action.wave)?.hosts ?? [];
    return hosts
      .filter((asset) => plan.hosts.get(asset)?.kind === 'due')
      .map((asset) => ({ ring, wave: action.wave, asset }));
  });
  await pooled(waiting, controller.input.parallel, (start) => prepare(controller, start));
}

async function prepare(controller: Controller, { ring, wave, asset }: Start): Promise<Prepared> {
  const { deps, lease, ledger, looks } = controller;
  const { rollout, plan } = ring;
  const lock = plan.target.digest;
  const runs = (ledger.view().runs.get(asset) ?? []).filter((r) => r.lock === lock);
  await lease.keep();
  const prepared = await prepareHost(deps, { asset, rollout, ring: plan, wave, epoch: lease.epoch, runs });
  if (prepared.kind === 'not') {
    looks.put(asset, lock, prepared.look);
    if (prepared.look.kind !== 'plan')
      tellHost(deps, { asset, run: null, state: prepared.look.kind, reason: prepared.look.reason });
  }
  return prepared;
}

/** Preparing takes time: windows close, and hosts that turned out to be silent use up the budget of the others (X2, X3). */
function stillAllowed(
  { deps }: Controller,
  { pools, down }: Survey,
  prepared: readonly (Start & { readonly host: Prepared })[],
): readonly Ready[] {
  const now = deps.clock.now();
  const taken = new Set(down);
  for (const { asset, host } of prepared)
    if (host.kind === 'not' && host.look.kind === 'unknown') taken.add(asset);
  return prepared.flatMap(({ host, ...start }): Ready[] => {
    if (host.kind === 'not' || mayStart(start.asset, pools, taken) !== null) return [];
    const { rollout, plan } = start.ring;
    if (windowFor(rollout.calendar, now, plan.neededSeconds).kind === 'closed') return [];
    taken.add(start.asset);
    return [{ ...start, host }];
  });
}

async function beginAll(controller: Controller, ready: readonly Ready[]): Promise<void> {
  const { deps, input, ledger } = controller;
  const refresh = coalesced(() => ledger.refresh());
  const held = await pooled(ready, input.parallel, async (start): Promise<readonly EffectEvidence[]> => {
    const { order, driver } = start.host;
    const tell = (state: 'started' | 'in-flight', reason: string): void =>
      tellHost(deps, { asset: order.asset, run: order.run, state, reason });
    // An order that got lost on its way is sent once more; one that arrived all the same is not begun twice.
    let lost = '';
    for (const again of [false, true]) {
      const no = await whyNotNow(controller, start, refresh);
      if (no !== null && !again) return [takenBack(start, deps.clock.now(), no)];
      if (no !== null) break;
      try {
        tell('started', (await driver.begin(order)).phase);
        return [];
      } catch (error) {
        lost = hostFailure(error);
      }
    }
    // It may have arrived all the same: the host will tell.
    tell('in-flight', lost);
    return [];
  });
  await ledger.record(held.flat());
}

/** Why a host that is announced may not begin after all: somebody said stop, or the window closed meanwhile. */
async function whyNotNow(
  { deps }: Controller,
  { ring: { rollout, plan } }: Ready,
  refresh: () => Promise<EvidenceView>,
): Promise<string | null> {
  const { halts } = await refresh();
  const halt = halts.find((h) => forbidsLock(h, plan.target.lock));
  if (halt) return haltWords(halt);
  const shut = windowFor(rollout.calendar, deps.clock.now(), plan.neededSeconds);
  return shut.kind === 'closed' ? shut.reason : null;
}

/** The end of an announced run that nobody began. */
const takenBack = ({ host: { order } }: Ready, time: string, reason: string): EffectEvidence => ({
  apiVersion: 'patchwarden/v1',
  type: 'effect',
  time,
  run: order.run,
  asset: order.asset,
  lock: order.lock,
  outcome: 'refused',
  reason: `not begun: ${reason}`,
  check: NEVER_BEGUN,
});

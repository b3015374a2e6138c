import type { EvidenceEntry, ProvenEvidence } from '../contracts/generated/evidence-entry.ts';
import { askHosts } from './ask-hosts.ts';
import type { Controller } from './controller.ts';
import { takeLease } from './keep-lease.ts';
import { openLedger } from './ledger.ts';
import { rememberLooks } from './looks.ts';
import { type RolloutResult, resultOf } from './outcome.ts';
import { announceRings } from './progress.ts';
import type { RolloutDeps, RolloutInput } from './rollout.ts';
import { prepareAhead, startHosts } from './start-hosts.ts';
import { type RingView, survey, viewsOf } from './survey.ts';

/** Between two questions to hosts that are under way. */
const POLL_MS = 3_000;
const REREAD_MS = 5 * POLL_MS;

/**
 * Brings hosts to their merged locks: does what is due now and returns; safe to kill and to repeat anywhere. Read top to
 * bottom, it is the whole rollout:
 *
 * 1. one controller at a time, by a lease whose epoch fences all others off (X9);
 * 2. the evidence is the journal: what was announced there and has no end is asked of the hosts, whose receipts are the
 *    truth (X4), and what they answer is recorded, with the halts that follow from it, before anything else (X10);
 * 3. all rings are looked at and each decides what it does next (`next.ts`), a pure function of evidence, hosts and time;
 * 4. hosts that may start are made ready, announced in one append, and begun; from there on each host works alone.
 */
export async function applyMergedLocks(deps: RolloutDeps, input: RolloutInput): Promise<RolloutResult> {
  const lease = await takeLease(deps, input.holder, highestEpoch(await deps.evidence.entries()));
  if (lease.kind === 'taken')
    return { busy: { holder: lease.holder, until: lease.until }, rings: [], hosts: [] };
  try {
    const ledger = await openLedger(deps, lease.epoch, input.authority);
    const looks = rememberLooks(() => deps.clock.now());
    const seeing = { ...deps, observe: looks.remembering((asset) => deps.observe(asset)) };
    return await untilNothingIsDue({ deps: seeing, input, lease, ledger, looks });
  } finally {
    await lease.release();
  }
}

const highestEpoch = (entries: readonly EvidenceEntry[]): number =>
  entries.reduce((high, e) => (e.type === 'intent' ? Math.max(high, e.epoch ?? 0) : high), 0);

async function untilNothingIsDue(controller: Controller): Promise<RolloutResult> {
  const { deps, input, lease, ledger, looks } = controller;
  const tell = announceRings(deps);
  for (let waited = 0; ; ) {
    await lease.keep();
    // A stop is looked for before every start; in between, now and then, so that people see that it was heard.
    if (waited % REREAD_MS === 0) await ledger.refresh();
    await askHosts(controller);
    const now = deps.clock.now();
    const { rings, parallel } = input;
    const seen = await survey(deps, { rings, view: ledger.view(), looks, now, parallel });
    looks.paced(Date.parse(deps.clock.now()) - Date.parse(now));
    tell(seen);
    const started = await startHosts(controller, seen);
    const proven = await prove(controller, seen.rings);
    if (started || proven) continue;
    if (waited === 0) await prepareAhead(controller, seen);
    if (!viewsOf(seen).some((r) => r.action.kind === 'poll') || waited >= input.patienceMs)
      return resultOf(seen);
    await deps.clock.sleep(POLL_MS);
    waited += POLL_MS;
  }
}

/** Enters the proof of generations that went through their ring. */
async function prove({ deps, ledger }: Controller, rings: readonly RingView[]): Promise<boolean> {
  const time = deps.clock.now();
  const proofs = rings.flatMap(({ plan, action }): ProvenEvidence[] =>
    action.kind === 'prove'
      ? [
          {
            apiVersion: 'patchwarden/v1',
            type: 'proven',
            time,
            baseline: plan.baseline,
            ring: plan.ring,
            generation: plan.target.lock.generation,
            lock: plan.target.digest,
            merge: plan.target.merge,
            patched: action.patched,
            others: action.others,
          },
        ]
      : [],
  );
  if (proofs.length === 0) return false;
  await ledger.record(proofs);
  for (const { baseline, ring, generation } of proofs)
    deps.on({ event: 'proven', at: time, baseline, ring, generation });
  return true;
}

import type {
  EffectEvidence,
  EvidenceEntry,
  HealthEvidence,
  IntentEvidence,
  ProvenEvidence,
  VerificationEvidence,
} from '../../../src/contracts/generated/evidence-entry.ts';
import { parseLockKey } from '../../../src/domain/purl.ts';
import { openRun, reachable } from '../hosts/machine.ts';
import type { Incarnation } from '../ports/call.ts';
import { HOUR, MINUTE } from '../scenario.ts';
import {
  covers,
  type Facts,
  hadFault,
  inForce,
  mergeByDigest,
  rank,
  runsOfHost,
  runsOfLock,
  touches,
  wentBad,
} from './facts.ts';
import { bakedEnough, coveredBefore } from './promotion.ts';

/** Looks at an entry as it enters the log; `by` null: a person. */
export function checkEntry(f: Facts, e: EvidenceEntry, index: number, by: Incarnation | null): void {
  const at = f.world.schedule.now();
  switch (e.type) {
    case 'merge':
      f.count('X12');
      for (const lock of e.locks) {
        if (f.mergedLocks.has(lock)) f.broken('X12', `the merge of lock ${lock} is in the log twice`);
        f.mergedLocks.add(lock);
      }
      return;
    case 'intent':
      if ((e.part ?? 1) > 1) return checkPart(f, e, index);
      checkIntent(f, e, by);
      f.runs.set(e.run, {
        index,
        intent: e,
        at,
        parts: 1,
        effect: null,
        effectAt: 0,
        verification: null,
        health: null,
      });
      return;
    case 'effect':
      return checkEffect(f, e);
    case 'verification':
      return checkVerification(f, e);
    case 'health':
      return checkHealth(f, e);
    case 'proven':
      checkProven(f, e);
      f.proven.add(e.lock);
      return;
    case 'halt': {
      const known = f.halts.get(e.id);
      if (known?.logged) f.broken('X12', `halt ${e.id} is in the log twice`);
      if (!known && by && e.by !== 'gate') f.broken('X10', 'a controller halts in the name of a person');
      f.halts.set(e.id, { halt: e, at: known?.at ?? at, liftedAt: known?.liftedAt ?? null, logged: true });
      return;
    }
    case 'lift': {
      const halt = f.halts.get(e.halt);
      if (by && halt?.liftedAt === null) f.broken('X10', 'a controller lifted a halt; only people do');
      if (halt) halt.liftedAt ??= at;
      return;
    }
    default:
      return;
  }
}

/** More of an intent: right behind the part before, in the same append. */
function checkPart(f: Facts, e: IntentEvidence, index: number): void {
  f.count('X12 part');
  const run = f.runs.get(e.run);
  if (!run || e.part !== run.parts + 1 || index !== run.index + run.parts || e.parts !== run.intent.parts)
    return f.broken(
      'X12',
      `part ${e.part} of the intent for ${e.asset} does not follow part ${run?.parts ?? 0}`,
    );
  if (run.at !== f.world.schedule.now())
    f.broken('X12', `part ${e.part} of the intent for ${e.asset} comes later than the part before`);
  checkPackages(f, e);
  run.parts += 1;
  run.intent = { ...run.intent, packages: [...run.intent.packages, ...e.packages] };
}

function checkIntent(f: Facts, e: IntentEvidence, by: Incarnation | null): void {
  const { world } = f;
  const now = world.schedule.now();
  f.count('X1');
  if (f.runs.has(e.run)) f.broken('X12', `two intents of run ${e.run} (${e.asset})`);
  const earlier = runsOfHost(f, e.asset);
  const open = earlier.find((r) => r.effect === null);
  if (open) f.broken('X1', `intent for ${e.asset} while run ${open.intent.run} has no recorded end`);
  const same = earlier.filter((r) => r.intent.lock === e.lock);
  if (same.some((r) => (r.intent.try ?? 1) === (e.try ?? 1)))
    f.broken('X1', `try ${e.try} of the same lock on ${e.asset} is announced twice`);
  const failures = same.filter(
    (r) =>
      r.effect?.check !== 'controller' && (r.effect?.outcome === 'failed' || r.effect?.outcome === 'refused'),
  ).length;
  if (failures >= 3) f.broken('X11', `${e.asset} is tried again after ${failures} failures`);
  if (same.length >= 40) f.broken('X11', `${e.asset} is announced again and again (${same.length} times)`);
  f.count('X5');
  const merge = mergeByDigest(f, e.lock);
  if (!merge || merge.merge !== e.merge || !f.mergedLocks.has(e.lock))
    return f.broken('X5', `the intent for ${e.asset} traces to no merge in the log`);
  const machine = f.machines.get(e.asset);
  if (!machine) return f.broken('X5', `the intent is for ${e.asset}, which does not exist`);
  checkPackages(f, e);
  f.count('X10');
  const read = by?.read ?? now;
  for (const h of inForce(f, now))
    if (h.at < read && covers(h.halt, merge) && touches(h.halt, machine.spec, e.packages))
      f.broken('X10', `${e.asset} is announced although ${h.halt.by} halted ${JSON.stringify(h.halt.scope)}`);
  f.count('X9');
  if (by && e.epoch !== undefined && !by.epochs.has(e.epoch))
    f.broken('X9', `the intent for ${e.asset} carries epoch ${e.epoch}, which ${by.holder} never had`);
  const highest = Math.max(0, ...[...f.runs.values()].map((r) => r.intent.epoch ?? 0));
  if (e.epoch !== undefined && e.epoch < highest)
    f.broken('X9', `epoch ${e.epoch} announces a run on ${e.asset} after epoch ${highest} did`);
  const head = world.merges.filter((m) => m.ring === merge.ring && m.at <= (by?.started ?? now)).at(-1);
  const older = [...f.runs.values()].find(
    (r) =>
      r.effect === null &&
      r.intent.lock !== e.lock &&
      !world.removed.has(r.intent.asset) &&
      mergeByDigest(f, r.intent.lock)?.ring === merge.ring,
  );
  f.count('X1');
  // Who joins gets the proven generation beside the one in flight: that is no second experiment.
  const joins = f.proven.has(e.lock);
  if (older && !joins && !f.proven.has(older.intent.lock))
    f.broken(
      'X1',
      `generation ${merge.lock.generation} begins on ${e.asset} while another is in flight on ${older.intent.asset}`,
    );
  const baking = stillBaking(f, merge.ring, e.lock);
  if (baking && !joins)
    f.broken(
      'X1',
      `generation ${merge.lock.generation} begins on ${e.asset} while an older one still bakes on ${baking}`,
    );
  checkJoining(f, e);
  const wave = e.wave ?? 0;
  // Hosts that join a proven generation need neither its canary nor its bake again.
  if (wave === 0 || !head || f.proven.has(e.lock)) return;
  f.count('X7');
  bakedEnough(f, merge, wave, `wave ${wave} begins on ${e.asset}`);
  coveredBefore(f, merge, e.asset);
}

/** A host of an older generation of the ring whose bake is under way, with nothing that would end it early. */
function stillBaking(f: Facts, ring: string, lock: string): string | null {
  const { world } = f;
  const now = world.schedule.now();
  const minutes = world.scenario.rings.find((r) => r.id === ring)?.bakeMinutes ?? 0;
  for (const r of f.runs.values()) {
    const older = mergeByDigest(f, r.intent.lock);
    if (!older || older.ring !== ring || r.intent.lock === lock || f.proven.has(r.intent.lock)) continue;
    const young = r.effect?.outcome === 'installed' && now - r.effectAt < minutes * 0.8 * MINUTE;
    if (!young || r.health !== null || f.tampered(r.intent.asset) || world.removed.has(r.intent.asset))
      continue;
    const touched = f.faults.some((x) => x.host === r.intent.asset);
    const ended =
      [...f.halts.values()].some((h) => covers(h.halt, older)) || runsOfLock(f, r.intent.lock).some(wentBad);
    if (!touched && !ended) return r.intent.asset;
  }
  return null;
}

/**
 * Who joins while a generation is in flight gets the proven one first: true for a host that is behind it, that it was never
 * tried on, and to which nothing happened of late that a look could have missed.
 */
function checkJoining(f: Facts, e: IntentEvidence): void {
  const { world } = f;
  const now = world.schedule.now();
  const merge = mergeByDigest(f, e.lock);
  const machine = f.machines.get(e.asset);
  if (!merge || !machine || f.proven.has(e.lock)) return;
  if (hadFault(f, e.asset, ['liar', 'clock-jump', 'clock-off', 'upgraded-by-hand'])) return;
  const proven = world.merges.findLast(
    (m) => m.ring === merge.ring && m.lock.generation < merge.lock.generation && f.proven.has(m.digest),
  );
  if (!proven || machine.quarantined.size > 0) return;
  const before = runsOfHost(f, e.asset);
  const failed = before.some((r) => r.intent.lock === proven.digest && r.effect?.outcome !== 'installed');
  if (failed || before.some((r) => r.intent.lock === e.lock || wentBad(r))) return;
  if ([...f.halts.values()].some((h) => covers(h.halt, proven))) return;
  if (f.faults.some((x) => x.host === e.asset && now - world.scenario.start - x.at < 15 * MINUTE)) return;
  const entries = Object.entries(proven.lock.entries);
  if (entries.some(([, p]) => world.holds.some((h) => h.version === p.version))) return;
  // A look that was garbled on its way hides a host from the generation that is proven meanwhile.
  if (f.disturbed()) return;
  f.count('X7 joining');
  const behind = entries.some(([key, p]) => {
    const there = machine.db.get(parseLockKey(key)?.name ?? '');
    return there !== undefined && !there.held && rank(there.version) < rank(p.version);
  });
  if (behind)
    f.broken(
      'X7',
      `${e.asset} is behind the proven generation ${proven.lock.generation} and gets ${merge.lock.generation}, which is in flight`,
    );
}

function checkPackages(f: Facts, e: IntentEvidence): void {
  const merge = mergeByDigest(f, e.lock);
  const machine = f.machines.get(e.asset);
  if (!merge || !machine) return;
  const { spec } = machine;
  const replaced = hadFault(f, e.asset, ['replaced']);
  f.count('X8');
  for (const p of e.packages) {
    const entry = merge.lock.entries[p.purl];
    const name = parseLockKey(p.purl)?.name ?? p.purl;
    if (!entry || entry.version !== p.to || entry.sha256 !== p.sha256)
      f.broken('X5', `${e.asset} shall get ${name} ${p.to}, which the lock does not have`);
    if (p.from !== null && rank(p.from) > rank(p.to) && entry?.downgradeFrom !== p.from)
      f.broken(
        'X5',
        `${e.asset} shall go back from ${name} ${p.from} to ${p.to}, which no rollback asks for`,
      );
    if (spec.pinned.includes(name)) f.broken('X5', `${e.asset} holds ${name} itself, and shall get ${p.to}`);
    if (f.world.holds.some((h) => h.stream === spec.stream && h.package === name && h.version === p.to)) {
      const since = f.world.schedule.now() - f.heldSince(name, p.to);
      if (since > 2 * HOUR) f.broken('X5', `${name} ${p.to} is on hold, and ${e.asset} shall get it`);
    }
    const bad = runsOfHost(f, e.asset).find(
      (r) => wentBad(r) && r.intent.packages.some((q) => q.sha256 === p.sha256),
    );
    if (bad && !replaced)
      f.broken(
        'X8',
        `${name} ${p.to} went bad on ${e.asset} (run ${bad.intent.run}) and is tried there again`,
      );
  }
}

function checkEffect(f: Facts, e: EffectEvidence): void {
  f.count('X12');
  const run = f.runs.get(e.run);
  if (!run) return f.broken('X12', `an effect of ${e.asset} without an intent`);
  if (run.effect) return f.broken('X12', `two outcomes of run ${e.run} (${e.asset})`);
  if (e.asset !== run.intent.asset || e.lock !== run.intent.lock)
    f.broken('X12', `the outcome of run ${e.run} is of another host or lock than its intent`);
  run.effect = e;
  run.effectAt = f.world.schedule.now();
  const machine = f.machines.get(e.asset);
  const truth = machine?.runs.get(e.run);
  if (!machine || machine.liar || hadFault(f, e.asset, ['replaced'])) return;
  f.count('X11');
  const claimsEnd = e.outcome === 'installed' || e.outcome === 'restored' || e.outcome === 'unrestored';
  if (claimsEnd && !truth && e.check !== 'silent')
    return f.broken('X12', `${e.asset} is recorded as ${e.outcome}, and it never heard of the order`);
  if (!truth) return;
  if (
    e.outcome === 'installed' &&
    truth.phase !== 'kept' &&
    truth.phase !== 'restoring' &&
    truth.phase !== 'restored' &&
    truth.phase !== 'unrestored'
  )
    f.broken('X12', `${e.asset} is recorded as installed, and it is ${truth.phase}`);
  if (e.outcome === 'restored' && truth.phase !== 'restored')
    f.broken('X12', `${e.asset} is recorded as restored, and it is ${truth.phase}`);
  if (openRun(machine) === truth && truth.phase !== 'restoring' && e.check !== 'silent')
    f.broken('X11', `an end (${e.outcome}) is recorded for ${e.asset}, which is still ${truth.phase}`);
}

function checkVerification(f: Facts, e: VerificationEvidence): void {
  f.count('X11');
  const run = f.runs.get(e.run);
  if (!run) return f.broken('X12', `a verification of ${e.asset} without an intent`);
  run.verification = e;
  const machine = f.machines.get(e.asset);
  const merge = mergeByDigest(f, e.lock);
  if (e.state !== 'equal' || !machine || !merge) return;
  const now = f.world.schedule.now();
  // It was looked at a moment before it is recorded, and may have gone down since.
  const struck = f.faults.some((x) => x.host === e.asset && now - f.world.scenario.start - x.at < MINUTE);
  if (!struck && !reachable(machine, now) && now - Math.min(machine.silentUntil, now) > HOUR)
    f.broken('X11', `${e.asset} is recorded as patched, and it does not answer`);
  const recent = machine.current !== null && openRun(machine) !== null;
  if (
    recent ||
    hadFault(f, e.asset, [
      'replaced',
      'upgraded-by-hand',
      'pinned-by-hand',
      'blip',
      'silent',
      'decommissioned',
    ])
  )
    return;
  const wrong = run.intent.packages.find((p) => {
    const there = machine.db.get(parseLockKey(p.purl)?.name ?? '');
    return there && rank(there.version) < rank(p.to);
  });
  const restored = [...machine.runs.values()].some((r) => r.phase === 'restored');
  if (wrong && !restored)
    f.broken('X11', `${e.asset} is recorded as equal to its lock, and ${wrong.purl} is older`);
}

function checkHealth(f: Facts, e: HealthEvidence): void {
  f.count('X7');
  const run = f.runs.get(e.run);
  if (!run) return f.broken('X12', `health of ${e.asset} without an intent`);
  run.health = e;
  const truth = f.machines.get(e.asset)?.runs.get(e.run);
  if (e.verdict !== 'good' || !truth || f.tampered(e.asset)) return;
  const healthy = truth.longestMs / 1000;
  if (healthy === 0) f.broken('X7', `good health of ${e.asset}, which was never looked at twice`);
  if (e.seconds > healthy)
    f.broken('X7', `${e.seconds} healthy seconds of ${e.asset} in the log, ${healthy.toFixed(0)} in truth`);
}

function checkProven(f: Facts, e: ProvenEvidence): void {
  f.count('X7');
  const merge = mergeByDigest(f, e.lock);
  if (!merge || merge.ring !== e.ring) return f.broken('X12', `proven: ring ${e.ring} never had this lock`);
  if (f.proven.has(e.lock)) f.broken('X12', `generation ${e.generation} of ${e.ring} is proven twice`);
  const open = runsOfLock(f, e.lock).find((r) => r.effect === null && !f.world.removed.has(r.intent.asset));
  if (open) f.broken('X7', `${e.ring} is proven while ${open.intent.asset} is in flight`);
  const bad = runsOfLock(f, e.lock).find(wentBad);
  const lifted = [...f.halts.values()].some((h) => h.liftedAt !== null);
  if (bad && !lifted) f.broken('X7', `${e.ring} is proven although ${bad.intent.asset} went bad`);
  bakedEnough(f, merge, Number.POSITIVE_INFINITY, `${e.ring} is proven`);
  const patched = f.world.machines.filter(
    (m) => m.spec.ring === e.ring && (f.tampered(m.spec.asset) || hasLock(f, m.spec.asset, e.lock)),
  ).length;
  if (e.patched > patched) f.broken('X11', `${e.ring}: ${e.patched} patched by the log, ${patched} in truth`);
}

function hasLock(f: Facts, asset: string, lock: string): boolean {
  const machine = f.machines.get(asset);
  const merge = mergeByDigest(f, lock);
  if (!machine || !merge) return false;
  return Object.entries(merge.lock.entries).every(([key, e]) => {
    const name = parseLockKey(key)?.name ?? '';
    const there = machine.db.get(name);
    return (
      !there || rank(there.version) >= rank(e.version) || machine.spec.pinned.includes(name) || there.held
    );
  });
}

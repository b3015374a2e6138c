import type { ExceptionUse } from '../assess/fleet/exception-use.ts';
import { governance } from '../assess/fleet/governance.ts';
import {
  type Brought,
  changedSince,
  ringlessHosts,
  undeclaredOrigins,
  withdrawnAmong,
} from '../assess/fleet/observed.ts';
import type { VerifiedMerge } from '../audit/history/verified-merge.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath } from '../domain/document-paths.ts';
import type { ExceptionHistory } from '../domain/exception-history.ts';
import type { Observation } from '../domain/observation.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { Instant } from '../domain/time.ts';
import {
  closedCalendars,
  reviewsDue,
  widenedExceptions,
  withdrawnEntries,
} from '../reconcile/observe-documents.ts';
import { ringless, shadowed, ungoverned } from '../reconcile/observe-governance.ts';
import { behindAgain, foreignStays, unknownOrigins } from '../reconcile/observe-hosts.ts';
import { runsOf } from '../rollout/run.ts';
import type { LockProposals } from './lock-proposals.ts';
import type { AssessedFleet } from './status.ts';

/** What observations are made from, beside the documents and the fleet. */
export interface ObservedFacts {
  readonly foreign: LockProposals['foreign'];
  readonly merges: readonly VerifiedMerge[];
  readonly evidence: readonly EvidenceEntry[];
  readonly uses: readonly Pick<ExceptionUse, 'exception' | 'assets'>[];
  readonly history: ReadonlyMap<string, ExceptionHistory>;
  readonly now: Instant;
}

/**
 * What nothing that the bot may write can mend, in a fixed order. Hosts are counted; their names are there only where the
 * config says `disclose: names`.
 */
export async function observations(
  documents: PolicyDocuments,
  { store }: Pick<AssessedFleet, 'store'>,
  { foreign, merges, evidence, uses, history, now }: ObservedFacts,
): Promise<readonly Observation[]> {
  const { baselines, calendars, config, exceptions } = documents;
  const locks = new Map([...documents.locks].filter(([path]) => isProposing(documents, path)));
  const governed = await governance(store);
  const advisories = [...locks.values()]
    .flatMap((l) => Object.values(l.entries))
    .flatMap((e) => e.advisories);
  const all = [
    ...ungoverned(governed, baselines),
    ...ringless(await ringlessHosts(store), baselines),
    ...shadowed(governed.reach, baselines),
    ...unknownOrigins(await undeclaredOrigins(store)),
    ...foreignStays(foreign, baselines),
    ...behindAgain(
      await changedSince(store, broughtBy(evidence, locks.values())),
      (baseline, ring) => locks.get(lockPath(baseline, ring)),
      baselines,
    ),
    ...closedCalendars(
      calendars,
      baselines,
      new Map(governed.reach.map((r) => [r.baseline, r.governs])),
      now,
      config.limits?.calendar,
    ),
    ...withdrawnEntries(
      locks.values(),
      new Set(await withdrawnAmong(store, [...new Set(advisories)])),
      baselines,
    ),
    ...reviewsDue(merges, baselines, now),
    ...widenedExceptions(exceptions, history, new Map(uses.map((u) => [u.exception, u.assets])), now),
  ];
  return config.disclose === 'names' ? all : all.map((o) => ({ ...o, names: [] }));
}

const isProposing = ({ baselines, locks }: Pick<PolicyDocuments, 'baselines' | 'locks'>, path: string) =>
  baselines.some((b) => b.id === locks.get(path)?.baseline && (b.mode ?? 'observe') !== 'observe');

/** What rollouts brought to hosts and no later one took away, so far as a lock still wants exactly that. */
function broughtBy(evidence: readonly EvidenceEntry[], locks: Iterable<PatchLock>): readonly Brought[] {
  const wanted = new Set(
    [...locks].flatMap((l) => Object.entries(l.entries).map(([key, e]) => `${key} ${e.version}`)),
  );
  const brought = new Map<string, Brought>();
  for (const { asset, effect, packages } of runsOf(evidence))
    for (const { purl, to } of packages) {
      const id = `${asset} ${purl}`;
      const [of, done] = [parseLockKey(purl), effect?.outcome];
      if (done === 'restored' || done === 'unrestored') brought.delete(id);
      if (!of || !effect || (done !== 'installed' && done !== 'already-there')) continue;
      const { name, arch } = of;
      brought.set(id, { asset, key: purl, name, arch, version: to, at: effect.time });
    }
  return [...brought.values()].filter((b) => wanted.has(`${b.key} ${b.version}`));
}

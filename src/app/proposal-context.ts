import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { ProposalEffect, UrgentFinding } from '../domain/proposal-effect.ts';
import { parseLockKey } from '../domain/purl.ts';
import { addDays, dayOf, type Instant } from '../domain/time.ts';
import { type InstalledVersion, type Reached, type ReachHost, reachedBy } from '../reconcile/reach.ts';
import { touchedExceptions } from '../reconcile/touched-exceptions.ts';
import type { LockChange, ProposalFacts } from '../review/proposal-facts.ts';
import { previewRing } from '../rollout/preview.ts';
import type { RolloutHost } from '../rollout/rollout.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';

/** A host as a proposal sees it. */
type ProposalHost = RolloutHost & ReachHost;

/** What the text of a proposal asks the fleet. */
export interface ProposalAnswers {
  /** Hosts of the whole fleet. */
  readonly fleet: number;
  /** Hosts that a baseline governs. */
  hosts(baseline: string): Promise<readonly ProposalHost[]>;
  /** Versions of some packages in the component sets of these hosts. */
  versions(baseline: string, names: readonly string[]): Promise<readonly InstalledVersion[]>;
  /** The most urgent findings of some packages, the worst first. */
  urgent(baseline: string, names: readonly string[]): Promise<readonly UrgentFinding[]>;
}

export interface ContextInput {
  readonly documents: Pick<PolicyDocuments, 'config' | 'calendars' | 'exceptions'>;
  readonly baseline: Baseline;
  readonly kind: ProposalFacts['kind'];
  readonly changes: readonly LockChange[];
  readonly now: Instant;
}

export type ProposalContext = Pick<ProposalFacts, 'effect' | 'urgent' | 'rollout' | 'exceptions' | 'merge'>;

/**
 * What surrounds a lock change: the hosts that it would touch, what makes it urgent, and how it would be rolled out. Counted
 * from the next midnight (UTC), so that it is the same all day.
 */
export async function proposalContext(
  answers: ProposalAnswers,
  { documents, baseline, kind, changes, now }: ContextInput,
): Promise<ProposalContext> {
  const keys = changes.flatMap((c) => c.diff.changed.map(({ key }) => key));
  const names = [...new Set(keys.map((key) => parseLockKey(key)?.name ?? key))].sort(compareCodePoints);
  const hosts = await answers.hosts(baseline.id);
  const versions = await answers.versions(baseline.id, names);
  const reached = changes.map((change) => ({ change, hosts: reachedBy(hosts, versions, change) }));
  const expedited = kind === 'expedited';
  const calendar = documents.calendars.find((c) => c.id === baseline.calendar) ?? null;
  const lacksCalendar = baseline.calendar !== undefined && calendar === null;
  const rings = reached.flatMap(({ change, hosts: due }) => {
    const ring = baseline.rings.find((r) => r.id === change.ring);
    return ring ? [{ ring, due, hosts: hosts.filter((h) => h.ring === ring.id).length }] : [];
  });
  const from = `${addDays(dayOf(now), 1)}T00:00:00Z`;
  return {
    effect: effectOf(
      reached.flatMap((r) => r.hosts),
      answers.fleet,
      documents.config.disclose === 'names',
    ),
    urgent: kind === 'rollback' ? [] : await answers.urgent(baseline.id, names),
    rollout:
      baseline.mode !== 'apply' || lacksCalendar
        ? []
        : rings.map((r) => previewRing({ ...r, baseline, calendar, expedited, from })),
    exceptions: touchedExceptions(documents.exceptions, baseline, changes, dayOf(now)),
    merge:
      !expedited && kind !== 'rollback' && rings.every((r) => r.ring.merge === 'auto') ? 'auto' : 'human',
  };
}

function effectOf(
  reached: readonly Reached<ProposalHost>[],
  fleet: number,
  disclosed: boolean,
): ProposalEffect {
  const groups = new Map<string, ProposalEffect['groups'][number]>();
  for (const { host } of reached) {
    const { unit = null, env = null } = host.labels;
    const key = JSON.stringify([host.ring, unit, env]);
    const before = groups.get(key)?.hosts ?? 0;
    groups.set(key, { ring: host.ring, unit, env, hosts: before + 1 });
  }
  return {
    hosts: reached.length,
    fleet,
    groups: sortedBy([...groups], ([key]) => key).map(([, group]) => group),
    names: disclosed ? reached.map((r) => r.host.asset).sort(compareCodePoints) : null,
  };
}

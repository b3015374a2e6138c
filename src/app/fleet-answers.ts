import { approveInputOf } from '../assess/fleet/approve.ts';
import { approvedMissing, behindByRing, offeredTo, setComponents } from '../assess/fleet/queries.ts';
import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { type Day, dayOf, type Instant } from '../domain/time.ts';
import { statusFile } from '../observe/fleet-rows.ts';
import { directoryOf } from '../observe/snapshot.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { FleetAnswers } from './lock-proposals.ts';
import type { AssessedFleet } from './status.ts';

export interface AnswerDeps {
  readonly fleet: AssessedFleet;
  readonly state: Pick<StateStore, 'read'>;
  readonly policy: Pick<PolicyEngine, 'approve'>;
}

/** What reconcile asks, answered from an assessed fleet, which must stay open meanwhile. */
export async function fleetAnswers(
  { fleet, state, policy }: AnswerDeps,
  { documents, asOf }: { readonly documents: PolicyDocuments; readonly asOf: Instant },
): Promise<FleetAnswers> {
  const { store, digests } = fleet;
  const seen = new Map<string, Day>();
  for (const row of await store.rows<{ key: string; at: string }>(
    `SELECT stream || chr(10) || origin || chr(10) || package || chr(10) || version AS key, f.at FROM firstSeen f`,
  ))
    seen.set(row.key, dayOf(row.at));
  const firstSeen = (...key: readonly [string, string, string, string]): Day =>
    seen.get(key.join('\n')) ?? dayOf(asOf);
  return {
    wanted: (baseline) => approvedMissing(store, baseline),
    offer: (stream, set) => (query) => offeredTo(store, stream, set, query),
    facts: async (set) => ({
      status: (await state.read(`${directoryOf('fleet', digests.fleet)}/${statusFile(set)}`)) ?? null,
      components: await setComponents(store, set),
    }),
    firstSeen,
    forbids: (id, row) => {
      const baseline = documents.baselines.find((b) => b.id === id);
      if (!baseline) throw new PatchwardenError('bug', `baseline ${id} is not there`);
      const day = firstSeen(row.stream, row.origin, row.name, row.version);
      const input = approveInputOf(baseline, asDependency(row, day), isHeld(documents, row), asOf);
      const { verdict, rule, action } = policy.approve(input);
      return verdict === 'rejected' && action !== 'allow-as-dependency'
        ? `rule ${rule ?? '?'} rejects it`
        : null;
    },
    behind: (baseline) => behindByRing(store, baseline),
    digests: {
      fleet: digests.fleet,
      intel: digests.intel,
      packages: digests.packages,
      policy: digests.policy,
    },
  };
}

const isHeld = ({ holds }: PolicyDocuments, row: PackageRow): boolean =>
  holds.some((h) => h.stream === row.stream && h.package === row.name && h.version === row.version);

/** A package that is not installed closes nothing yet; only its name, version and origin are judged. */
const asDependency = (row: PackageRow, day: Day) => ({
  ...row,
  secures: row.security,
  advisories: [],
  severity: 'unknown' as const,
  kev: false,
  firstSeen: `${day}T00:00:00Z`,
  published: null,
  behind: null,
});

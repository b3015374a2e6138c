import { askAboutLocked, installedVersions, selectedPackages } from '../assess/fleet/drift-answers.ts';
import { governedAssets, urgentFindings, versionsInSets } from '../assess/fleet/proposal-answers.ts';
import { approvedMissing } from '../assess/fleet/queries.ts';
import {
  componentsOf,
  firstSeenLookup,
  forbiddenBy,
  installedByRing,
  offered,
} from '../assess/fleet/reconcile-answers.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { statusFile } from '../observe/fleet-rows.ts';
import { directoryOf } from '../observe/snapshot.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { entry } from '../util/entry.ts';
import type { FleetAnswers } from './lock-proposals.ts';
import type { AssessedFleet } from './status.ts';
import type { Wire } from './wire.ts';

const NOTHING = { known: 0, unknown: 0, installed: [] };

/** Of baselines that propose. */
const proposing = ({ baselines, locks }: Pick<PolicyDocuments, 'baselines' | 'locks'>) => {
  const ids = new Set(baselines.flatMap(({ id, mode = 'observe' }) => (mode === 'observe' ? [] : [id])));
  return [...locks.values()].filter((l) => ids.has(l.baseline));
};

/** Findings that a text may name; the others are counted nowhere else than in status. */
const URGENT = 30;

/** The questions of reconcile, answered by the tables of an assessed fleet. */
export async function fleetAnswers(
  wire: Pick<Wire, 'stateStore'>,
  state: string,
  documents: Pick<PolicyDocuments, 'baselines' | 'holds' | 'locks'>,
  { store, digests, manifests, assessment }: AssessedFleet,
  policy: Pick<PolicyEngine, 'approve'>,
  now: string,
): Promise<FleetAnswers> {
  const files = wire.stateStore(state);
  const fleetFiles = directoryOf('fleet', digests.fleet);
  const hosts = new Map<string, ReturnType<typeof governedAssets>>();
  const baselines = new Map(documents.baselines.map((b) => [b.id, b]));
  await askAboutLocked(store, proposing(documents));
  const had = await installedVersions(store);
  const selected = await selectedPackages(store);
  const missing = await approvedMissing(store);
  const installed = await installedByRing(store);
  // The sets of one baseline are asked for together, and for the next one they are forgotten.
  let asked: readonly string[] = [];
  let components: Awaited<ReturnType<typeof componentsOf>> = new Map();
  const componentsIn = async (set: string) => {
    if (!components.has(set)) components = await componentsOf(store, [...asked, set]);
    return components.get(set) ?? [];
  };
  return {
    wanted: async (baseline) => {
      const wanted = await missing(baseline);
      components = new Map();
      asked = [...new Set(wanted.map((w) => w.set))];
      return wanted;
    },
    offer: (stream, set) => (query) => offered(store, stream, set, query),
    facts: async (set) => ({
      status: (await files.read(`${fleetFiles}/${statusFile(set)}`)) ?? null,
      components: await componentsIn(set),
    }),
    firstSeen: await firstSeenLookup(store, now),
    forbids: (id, row) => {
      const baseline = baselines.get(id);
      return baseline ? forbiddenBy(policy, baseline, documents.holds, row) : null;
    },
    fleet: assessment.assets,
    hosts: (baseline) => entry(hosts, baseline, () => governedAssets(store, baseline)),
    versions: (baseline, names) => versionsInSets(store, baseline, names),
    urgent: (baseline, names) => urgentFindings(store, baseline, names, URGENT),
    installed: async (baseline) => installed.get(baseline) ?? new Map(),
    installedVersions: async (baseline) => had.filter((v) => v.baseline === baseline),
    selectedPackages: async (baseline) => selected.get(baseline) ?? NOTHING,
    sourcesAreNewer:
      Date.parse(manifests.get('packages')?.at ?? '') >= Date.parse(manifests.get('fleet')?.at ?? ''),
    digests: {
      fleet: digests.fleet,
      intel: digests.intel,
      packages: digests.packages,
      policy: digests.policy,
    },
  };
}

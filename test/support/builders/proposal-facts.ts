import type { PatchLock } from '../../../src/contracts/generated/patch-lock.ts';
import { diffLocks } from '../../../src/domain/content-digest.ts';
import type { RolloutPreview, UrgentFinding } from '../../../src/domain/proposal-effect.ts';
import type { LockChange, ProposalFacts } from '../../../src/review/proposal-facts.ts';
import { digest } from './evidence.ts';
import { packageRow, wantedPatch } from './packages.ts';
import { entry, lock } from './rings.ts';

/** The first lock of a ring, or one that replaces another. */
export function changeOf(after: PatchLock, before: PatchLock | null = null): LockChange {
  const path = `locks/${after.baseline}/${after.ring}.lock.json`;
  return {
    ring: after.ring,
    path,
    before: before === null ? '' : `${JSON.stringify(before, null, 2)}\n`,
    after: `${JSON.stringify(after, null, 2)}\n`,
    lock: after,
    diff: diffLocks(path, before, after, {}),
  };
}

export const urgent = (over: Partial<UrgentFinding> = {}): UrgentFinding => ({
  advisory: 'CVE-2024-5535',
  name: 'openssl',
  severity: 'high',
  kev: { added: '2024-10-10', due: '2024-10-31' },
  epss: { score: 0.4217, modelDate: '2024-10-23' },
  ssvc: { exploitation: 'active', automatable: 'yes', technicalImpact: 'total', source: 'CISA-ADP' },
  due: '2024-11-20',
  rule: 'deadline/kev',
  ...over,
});

export const preview = (over: Partial<RolloutPreview> = {}): RolloutPreview => ({
  ring: 'all',
  waves: [1, 4, 7],
  uncovered: 0,
  budget: 2,
  bakeMinutes: 30,
  atLeastMinutes: 102,
  from: '2024-10-25T00:00:00Z',
  windows: [{ opens: '2024-10-25T22:00:00Z', until: '2024-10-26T03:00:00Z' }],
  finish: '2024-10-26T00:00:00Z',
  ...over,
});

/** A remediate proposal of packages by name for ring `all` of baseline `servers`: version 2 of each. */
export function proposalFacts(
  names: readonly string[] = ['openssl'],
  over: Partial<ProposalFacts> = {},
): ProposalFacts {
  const entries = names.map((name) => [name, entry('2', { advisories: ['CVE-2024-5535'] })] as const);
  return {
    kind: 'remediate',
    baseline: 'servers',
    scope: 'servers/all',
    changes: [changeOf(lock('all', 3, Object.fromEntries(entries), { closure: 'unchecked' }))],
    story: [],
    holds: [],
    contentDigest: digest('0'),
    wanted: names.map((name) =>
      wantedPatch({ candidate: packageRow({ name, version: '2' }), kev: name === 'openssl' }),
    ),
    leftOut: [],
    effect: {
      hosts: 12,
      fleet: 40,
      groups: [
        { ring: 'all', unit: null, env: 'test', hosts: 1 },
        { ring: 'all', unit: 'shop', env: 'prod', hosts: 11 },
      ],
      names: null,
    },
    urgent: [urgent()],
    rollout: [preview()],
    exceptions: [],
    merge: 'human',
    ...over,
  };
}

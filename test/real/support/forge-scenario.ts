import { openGit } from '../../../src/adapters/git-simple-git.ts';
import { documentsAt } from '../../../src/app/documents-at.ts';
import { openEvidence } from '../../../src/app/open-apply.ts';
import { createWire } from '../../../src/app/wire.ts';
import { canonicalDocument } from '../../../src/contracts/canonical.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { PatchLock } from '../../../src/contracts/generated/patch-lock.ts';
import { digestOf } from '../../../src/util/digest.ts';
import { anException } from '../../support/fleet-world.ts';
import { BASELINE, git } from '../../support/git-fixtures.ts';
import {
  buildPaperFleet,
  daysAgo,
  type PaperFleet,
  type PaperVulnerability,
} from '../../support/paper-fleet.ts';

export const BASELINES = ['app', 'db', 'web'] as const;
const RINGS = ['canary', 'early', 'prod'] as const;

export const APP: PaperVulnerability = { cve: 'CVE-2024-1000', name: 'app', epss: 0.9 };
/** Not likely to be exploited at first, so that they are wanted later. */
export const LIB: PaperVulnerability = { cve: 'CVE-2024-2000', name: 'lib', epss: 0.1 };
export const URGENT: PaperVulnerability = { cve: 'CVE-2024-3000', name: 'urgent', epss: 0.1 };
/** Exploited since four days, due within five: it cannot wait for ring after ring. */
export const NOW_EXPLOITED = { epss: 0.9, kev: daysAgo(4) };

const baselineOf = (id: string): Baseline => ({
  ...BASELINE,
  id,
  mode: 'apply',
  select: { all: [{ label: 'role', in: [id] }] },
  approve: [{ id: 'likely', match: { epss: 0.5 } }],
  deadlines: [{ id: 'exploited', kind: 'kev', clock: 'kevAdded', days: 5 }],
  rings: RINGS.map((ring) => ({
    id: ring,
    select: { all: [{ label: 'ring', in: [ring] }] },
    merge: 'human',
  })),
});

/** 40 hosts in three rings of three baselines, one exception that is over, and nothing pinned yet. */
export const scenarioFleet = (options: Parameters<typeof buildPaperFleet>[1]): PaperFleet =>
  buildPaperFleet([APP, LIB, URGENT], {
    ...options,
    hosts: Array.from({ length: 40 }, (_, i) => ({
      id: `host-${String(i).padStart(2, '0')}`,
      labels: { role: BASELINES[i % 3] ?? 'web', ring: RINGS[Math.floor(i / 3) % 3] ?? 'prod' },
    })),
    files: {
      'baselines/servers.json': null,
      'pins.json': canonicalDocument('Pins', { apiVersion: 'patchwarden/v1', kind: 'Pins', id: 'pins' }),
      ...Object.fromEntries(
        BASELINES.map((id) => [`baselines/${id}.json`, canonicalDocument('Baseline', baselineOf(id))]),
      ),
      'exceptions/over.json': canonicalDocument(
        'Exception',
        anException('over', {
          ...{ validFrom: daysAgo(60), validUntil: daysAgo(1) },
          match: { advisories: [APP.cve] },
        }),
      ),
    },
  });

/** Enters what a rollout on real hosts would have: the generation that a ring has now did well there. */
export async function enterProven(
  { clone, keys, logKey }: PaperFleet,
  baseline: string,
  ring: string,
): Promise<void> {
  git(clone, ['fetch', '-q', 'origin']);
  const head = git(clone, ['rev-parse', 'origin/main']);
  const opened = await openGit(clone);
  const documents = await documentsAt(opened, head);
  const log = openEvidence(createWire(), opened, documents, { bot: keys.bot.key, log: logKey });
  const path = `locks/${baseline}/${ring}.lock.json`;
  const lock = JSON.parse(git(clone, ['show', `${head}:${path}`])) as PatchLock;
  const merge = git(clone, ['log', '-1', '--first-parent', '--format=%H', head, '--', path]);
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  await log.append([
    {
      ...{ apiVersion: 'patchwarden/v1', type: 'proven', time, baseline, ring, merge },
      ...{ generation: lock.generation, lock: digestOf(lock), patched: 4, others: 0 },
    },
  ]);
}

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
  printed,
} from '../../support/paper-fleet.ts';
import { talk } from './forge-stage.ts';

export const BASELINES = ['app', 'db', 'web'] as const;
export const RINGS = ['canary', 'early', 'prod'] as const;

const known = (name: string, number: number, epss: number): PaperVulnerability => ({
  cve: `CVE-2024-${number}`,
  name,
  epss,
});

/** What the fleet has, by the moment at which it begins to matter; 0.5 is what the baselines want patched. */
export const PACKAGES = {
  first: known('first', 1000, 0.9),
  second: known('second', 2000, 0.1),
  third: known('third', 3000, 0.1),
  urgent: known('urgent', 4000, 0.1),
  urgent2: known('urgent2', 5000, 0.1),
  /** Nobody wants them patched: exceptions are about them, until hosts have them no more. */
  leaving: known('leaving', 6000, 0.1),
  leaving2: known('leaving2', 7000, 0.1),
} as const;
export const LIKELY = { epss: 0.9 };
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

const exceptionOf = (id: string, { cve }: PaperVulnerability, until: number) =>
  canonicalDocument(
    'Exception',
    anException(id, {
      ...{ validFrom: daysAgo(60), validUntil: daysAgo(until), match: { advisories: [cve] } },
    }),
  );

/** 40 hosts in three rings of three baselines, one exception that is over and two in use, and nothing pinned yet. */
export const scenarioFleet = (options: Parameters<typeof buildPaperFleet>[1]): PaperFleet =>
  buildPaperFleet(Object.values(PACKAGES), {
    ...options,
    config: { ...options.config, limits: { openProposals: 30 } },
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
      'exceptions/over.json': exceptionOf('over', PACKAGES.first, 1),
      'exceptions/leaving.json': exceptionOf('leaving', PACKAGES.leaving, -20),
      'exceptions/leaving2.json': exceptionOf('leaving2', PACKAGES.leaving2, -20),
    },
  });

/** Enters what rollouts on real hosts would have: the generation that each of these rings has now did well there. */
export async function enterProven(
  { clone, keys, logKey }: PaperFleet,
  rings: readonly (readonly [baseline: string, ring: string])[],
): Promise<void> {
  await talk(clone, 'fetch', '-q', 'origin');
  const head = git(clone, ['rev-parse', 'origin/main']);
  const opened = await openGit(clone);
  const documents = await documentsAt(opened, head);
  const log = openEvidence(createWire(), opened, documents, { bot: keys.bot.key, log: logKey });
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  await log.append(
    rings.map(([baseline, ring]) => {
      const path = `locks/${baseline}/${ring}.lock.json`;
      const lock = JSON.parse(git(clone, ['show', `${head}:${path}`])) as PatchLock;
      const merge = git(clone, ['log', '-1', '--first-parent', '--format=%H', head, '--', path]);
      return {
        ...{ apiVersion: 'patchwarden/v1', type: 'proven', time, baseline, ring, merge },
        ...{ generation: lock.generation, lock: digestOf(lock), patched: 4, others: 0 },
      } as const;
    }),
  );
}

/** Stops the fixed version of a package everywhere, by a person. */
export async function stopVersion({ run, keys }: PaperFleet, name: string): Promise<void> {
  const version = `debian:12:amd64/${name}=1.1`;
  printed(await run(['stop', version, '--reason', 'it breaks', '--format', 'json'], keys.approver));
}

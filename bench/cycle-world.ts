/**
 * The policy repository of bench:cycle, in one directory: `origin.git`, `clone`, `state` and the keys. 300 baselines of two or
 * three rings over the fleet `settled`, 300 exceptions, and every ring's lock merged by people, rolled out and proven.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitEvidenceLog } from '../src/adapters/evidence-log-git.ts';
import { openFleetDuckdb } from '../src/adapters/fleet-duckdb.ts';
import { openGit } from '../src/adapters/git-simple-git.ts';
import { generateLogKey, readLogKey } from '../src/adapters/log-keys.ts';
import { directoryStateStore } from '../src/adapters/state-store-directory.ts';
import { contentBetween } from '../src/audit/history/content.ts';
import { canonicalDocument } from '../src/contracts/canonical.ts';
import type { Baseline } from '../src/contracts/generated/baseline.ts';
import type { EvidenceEntry } from '../src/contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../src/contracts/generated/patch-lock.ts';
import { baselinePath, exceptionPath, lockPath } from '../src/domain/document-paths.ts';
import { eventMessage, mergeMessage } from '../src/domain/pull-trailers.ts';
import { lockKey } from '../src/domain/purl.ts';
import type { Git, Signer } from '../src/ports/git.ts';
import { digestOf } from '../src/util/digest.ts';
import { CONFIG, git, ROLES } from '../test/support/git-fixtures.ts';
import { exception, KEV, OVERLAYS, SLA } from './decide-documents.ts';
import { LOCKED, NEWEST, OTHERS, SETTLED_UNITS, STREAMS, writeFleet } from './decide-fleets.ts';

/** The moment of all cycles; what is in the repository is of the day before. */
export const NOW = '2024-10-24T12:00:00Z';
const BEFORE = '2024-10-23T12:00:00Z';
/** The baseline that asks for more after {@link wantMore}. */
export const ASKING = 'unit-5';

export interface CycleWorld {
  readonly dir: string;
  readonly clone: string;
  readonly origin: string;
  readonly anchor: string;
  readonly bot: string;
  readonly log: string;
}

const worldIn = (dir: string): CycleWorld => ({
  dir,
  clone: join(dir, 'clone'),
  origin: join(dir, 'origin.git'),
  anchor: readFileSync(join(dir, 'anchor'), 'utf8').trim(),
  bot: join(dir, 'bot'),
  log: join(dir, 'log.key'),
});
export const openWorld = worldIn;

const PEOPLE = {
  bot: 'bot@example.org',
  anna: 'anna@example.org',
  ben: 'ben@example.org',
  cleo: 'cleo@example.org',
  mia: 'mia@example.org',
};
const PERSONS = [
  { id: 'anna', principals: [PEOPLE.anna], teams: ['ops'] },
  { id: 'ben', principals: [PEOPLE.ben], teams: ['ops'] },
  { id: 'cleo', principals: [PEOPLE.cleo], teams: ['security'] },
  { id: 'mia', principals: [PEOPLE.mia], teams: ['release'] },
];
type Who = keyof typeof PEOPLE;
const signer = (dir: string, who: Who): Signer => ({ name: who, email: PEOPLE[who], key: join(dir, who) });

/** @param merges how many pull requests brought the locks */
export async function buildWorld(dir: string, hosts: number, merges: number): Promise<CycleWorld> {
  const [clone, origin] = [join(dir, 'clone'), join(dir, 'origin.git')];
  mkdirSync(join(dir, 'state'), { recursive: true });
  for (const who of Object.keys(PEOPLE))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', who, '-f', join(dir, who)]);
  const key = generateLogKey('bench.example.org/evidence');
  writeFileSync(join(dir, 'log.key'), key.signer, { mode: 0o600 });
  git(dir, ['init', '-q', '--bare', '--template=', '--initial-branch=main', origin]);
  git(dir, ['init', '-q', '--template=', '--initial-branch=main', clone]);
  git(clone, ['remote', 'add', 'origin', '../origin.git']);
  const repository = await openGit(clone);
  const anchor = await repository.createCommit({
    ...{ base: null, parents: [], message: 'Start\n', signer: signer(dir, 'mia'), at: BEFORE },
    files: documents(dir, key.verifier),
  });
  writeFileSync(join(dir, 'anchor'), `${anchor}\n`);
  const baselines = units();
  let head = anchor;
  const proven: EvidenceEntry[] = [];
  for (let pull = 1; pull <= merges; pull += 1) {
    const locks = baselines
      .filter((_, i) => i % merges === pull - 1)
      .flatMap((b) => b.rings.map((r) => lockOf(b, r.id)));
    const files = new Map(
      locks.map((l) => [lockPath(l.baseline, l.ring), canonicalDocument('PatchLock', l)]),
    );
    head = await mergePull(repository, dir, { base: head, pull, files });
    proven.push(...locks.map((l) => provenEntry(l, head)));
  }
  publish(clone, head);
  const log = gitEvidenceLog({
    ...{ git: repository, remote: 'origin', clock: { now: () => BEFORE }, verifier: key.verifier },
    writer: { key: readLogKey(join(dir, 'log.key')), signer: signer(dir, 'bot') },
  });
  await log.append(proven);
  const store = await openFleetDuckdb({ directory: join(dir, 'state'), threads: 2 });
  await writeFleet(store, directoryStateStore(join(dir, 'state')), {
    fleet: 'settled',
    hosts,
    changed: false,
  });
  await store.close();
  return worldIn(dir);
}

/** One baseline lets more packages be patched from now on, as people merged it; without a deadline nothing is in a hurry. */
export async function wantMore({ dir, clone, origin }: CycleWorld): Promise<void> {
  const repository = await openGit(clone);
  const { reject: _, ...baseline } = units().find((b) => b.id === ASKING) as Baseline;
  const files = new Map([
    [baselinePath(ASKING), canonicalDocument('Baseline', { ...baseline, deadlines: [] })],
  ]);
  const base = git(origin, ['rev-parse', 'refs/heads/main']);
  publish(clone, await mergePull(repository, dir, { base, pull: 10_000, files }));
}

function publish(clone: string, head: string): void {
  git(clone, ['push', '-q', 'origin', `${head}:refs/heads/main`]);
  git(clone, ['update-ref', 'refs/heads/main', head]);
  git(clone, ['reset', '-q', '--hard']);
}

/** A pull request of Anna's that Ben and Cleo approved and Mia merged. @returns the merge */
async function mergePull(
  repository: Git,
  dir: string,
  {
    base,
    pull,
    files,
  }: { readonly base: string; readonly pull: number; readonly files: ReadonlyMap<string, string> },
): Promise<string> {
  const [kind, scope] = ['manual', `change-${pull}`];
  const head = await repository.createCommit({
    ...{ base, files, parents: [base], message: 'Change\n', signer: signer(dir, 'anna'), at: BEFORE },
  });
  const content = await contentBetween(
    repository,
    { repository: CONFIG.repository, kind, scope },
    base,
    head,
    head,
  );
  if (!content.ok) throw new Error(content.error.sentence);
  const contentDigest = content.value.digest;
  const approvals: string[] = [];
  for (const who of ['ben', 'cleo'] as const)
    approvals.push(
      await repository.createCommit({
        ...{ base: null, files: new Map(), parents: [], signer: signer(dir, who), at: BEFORE },
        message: eventMessage(`Approve pull request ${pull}`, { type: 'approve', pull, contentDigest }),
      }),
    );
  const { tree } = await repository.readCommit(head);
  return repository.commitTree({
    ...{ tree, parents: [base, head], signer: signer(dir, 'mia'), at: BEFORE },
    message: mergeMessage('Change', { pull, kind, scope, contentDigest, approvals, evidence: null }),
  });
}

function documents(dir: string, verifier: string): ReadonlyMap<string, string> {
  const people = Object.entries(PEOPLE) as [Who, string][];
  const signers = people.map(
    ([who, email]) => `${email} ${readFileSync(join(dir, `${who}.pub`), 'utf8').trim()}\n`,
  );
  return new Map([
    ['allowed-signers', signers.join('')],
    [
      'patchwarden.json',
      canonicalDocument('Config', { ...CONFIG, state: { kind: 'directory', path: '../state' } }),
    ],
    ['roles.json', canonicalDocument('Roles', { ...ROLES, people: PERSONS, log: { key: verifier } })],
    ...units().map((b) => [baselinePath(b.id), canonicalDocument('Baseline', b)] as const),
    ...Array.from({ length: 300 }, (_, i) => ({
      ...exception(i),
      owner: 'team:ops',
      validUntil: '2024-12-15',
    })).map((e) => [exceptionPath(e.id), canonicalDocument('Exception', e)] as const),
  ]);
}

const in_ = (id: string, env: readonly string[]) => ({
  id,
  select: { all: [{ label: 'env', in: [...env] }] },
});

/** Five kinds of them, as laws go. */
const units = (): readonly Baseline[] =>
  Array.from({ length: SETTLED_UNITS }, (_, u) => ({
    ...{
      apiVersion: 'patchwarden/v1',
      kind: 'Baseline',
      id: `unit-${u}`,
      owner: 'team:ops',
      mode: 'apply',
      priority: 10,
    },
    select: { all: [{ label: 'unit', in: [`unit-${u}`] }] },
    approve: [
      { id: 'exploited', match: { kev: true } },
      { id: 'security', match: { classification: ['security'] } },
    ],
    reject: [
      {
        ...{ id: 'application', action: 'block', reason: 'the application brings them' },
        match: { package: OTHERS.map((p) => `package-${p}`) },
      },
    ],
    deadlines: u % 5 === 0 ? [SLA, KEV] : [SLA, KEV, ...OVERLAYS.slice(0, (u % 5) - 1)],
    rings:
      u % 3 === 0
        ? [in_('test', ['test']), in_('prod', ['staging', 'prod'])]
        : [in_('test', ['test']), in_('staging', ['staging']), in_('prod', ['prod'])],
  })) as Baseline[];

const DIGEST = `sha256:${'0'.repeat(64)}`;

const lockOf = ({ id }: Baseline, ring: string): PatchLock => ({
  ...{ apiVersion: 'patchwarden/v1', kind: 'PatchLock', id: ring, baseline: id, ring, generation: 1 },
  closure: 'unchecked',
  entries: Object.fromEntries(
    STREAMS.flatMap(([stream, origin]) =>
      LOCKED.map((p): [string, PatchLock['entries'][string]] => [
        lockKey(stream, `package-${p}`, 'amd64'),
        {
          ...{
            version: NEWEST,
            sha256: 'a'.repeat(64),
            size: 1000,
            origin: `${origin}/main`,
            source: 'bench',
          },
          ...{ filename: `pool/${p}.deb`, role: 'upgrade', advisories: [`CVE-2024-${10_000 + p}`] },
          ...{ firstSeen: '2024-10-20', approvedBy: 'security' },
        },
      ]),
    ),
  ),
  removes: [],
  resolvedFrom: { baseline: DIGEST, fleet: DIGEST, intel: DIGEST, packages: DIGEST, policy: DIGEST },
});

const provenEntry = (lock: PatchLock, merge: string): EvidenceEntry => ({
  ...{ apiVersion: 'patchwarden/v1', type: 'proven', time: BEFORE, baseline: lock.baseline, ring: lock.ring },
  ...{ generation: lock.generation, lock: digestOf(lock), merge, patched: 100, others: 0 },
});

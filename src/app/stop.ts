import { readAuthority } from '../audit/read-roles.ts';
import { STOP_TRAILER, type StopEntry, stopDigest } from '../audit/verify-stop.ts';
import type { HaltEvidence } from '../contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { formatHaltScope, type HaltScope, haltsInForce, parseHaltScope } from '../domain/halt.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git, Signer } from '../ports/git.ts';
import { appendMissing } from '../rollout/evidence-sync.ts';
import { digestOf } from '../util/digest.ts';
import { documentsAt } from './documents-at.ts';
import { identify } from './pr-judge.ts';
import { publishStops, signStop, standing } from './stop-requests.ts';
import { protectedHead } from './verified-head.ts';

export interface StopPorts {
  readonly git: Git;
  readonly clock: Pick<Clock, 'now'>;
  /** To be written only where `keys` says so. */
  evidenceLog(documents: PolicyDocuments): EvidenceLog;
  /** Whether the keys of bot and log are there; without them the stop goes beside the log, for the next controller to enter. */
  readonly keys: boolean;
}

export interface StopRequest {
  /** `all`, `<baseline>`, `<baseline>/<ring>` or `<stream>/<package>=<version>`. */
  readonly scope: string;
  readonly reason: string;
  readonly lift: boolean;
  readonly by: Signer;
}

export interface StopResult {
  readonly scope: string;
  readonly person: string;
  readonly lift: boolean;
  /** Ids of the halts that were made or lifted. */
  readonly halts: readonly string[];
  /** False: the same halt was in force already. */
  readonly written: boolean;
  /** False: it waits beside the log, in force all the same. */
  readonly recorded: boolean;
}

/**
 * Halts a scope, or lifts every halt of exactly that scope, as an entry of the evidence that the person signs, with their
 * own key alone: in force for every controller before it starts another host. Throws `refused` for somebody who is no operator, `usage` for a
 * scope that is none or names nothing.
 */
export async function runStop(ports: StopPorts, request: StopRequest): Promise<StopResult> {
  const { git, clock } = ports;
  const { by, lift, reason } = request;
  const scope = scopeOf(request.scope);
  const at = clock.now();
  const head = await protectedHead(git);
  const person = await operator(git, head, by, at);
  const documents = await documentsAt(git, head);
  requireKnown(scope, documents);
  const { repository } = documents.config;
  const log = ports.evidenceLog(documents);
  const remote = documents.config.forge?.remote ?? 'origin';
  const quiet = { warn: () => undefined };
  const known = await standing(git, { head, repository, remote }, quiet, await log.entries());
  const inForce = haltsInForce(known.entries).filter((h) => digestOf(h.scope) === digestOf(scope));
  const result = { scope: formatHaltScope(scope), person, lift, recorded: ports.keys };
  if (lift && inForce.length === 0)
    throw new PatchwardenError('usage', `nothing is halted by the scope ${result.scope}`);
  if (!lift && inForce.some((h) => h.by !== 'gate'))
    return { ...result, recorded: true, halts: inForce.map((h) => h.id), written: false };
  const common = { apiVersion: 'patchwarden/v1', time: at, reason, by: `person:${person}` } as const;
  const entries: readonly StopEntry[] = lift
    ? inForce.map((h) => ({ ...common, type: 'lift', halt: h.id }))
    : [{ ...common, type: 'halt', id: digestOf({ scope, at, by: person }), scope } satisfies HaltEvidence];
  const commits: string[] = [];
  for (const entry of entries) commits.push(await sign(git, { head, repository, by }, entry, result.scope));
  if (ports.keys) {
    const signed: StopEntry[] = [];
    for (const [i, entry] of entries.entries())
      signed.push({ ...entry, object: await git.rawCommit(commits[i] ?? '') });
    await appendMissing(log, [...known.missing, ...signed]);
  } else await publishStops(git, remote, commits);
  const halts = entries.map((e) => (e.type === 'halt' ? e.id : e.halt));
  return { ...result, halts, written: true };
}

function scopeOf(text: string): HaltScope {
  const scope = parseHaltScope(text);
  if (scope) return scope;
  throw new PatchwardenError(
    'usage',
    `"${text}" is no scope: use all, <baseline>, <baseline>/<ring> or <stream>/<package>=<version>, such as debian:12:amd64/openssl=3.0.15-1`,
  );
}

/** A typing error must not look like a stop. */
function requireKnown(scope: HaltScope, { baselines }: Pick<PolicyDocuments, 'baselines'>): void {
  if (scope.kind !== 'ring') return;
  const baseline = baselines.find((b) => b.id === scope.baseline);
  if (baseline && (scope.ring === null || baseline.rings.some((r) => r.id === scope.ring))) return;
  throw new PatchwardenError(
    'usage',
    `there is no ${baseline ? 'ring' : 'baseline'} ${formatHaltScope(scope)}; known are ${baselines.map((b) => b.id).join(', ')}`,
  );
}

async function operator(git: Git, head: string, by: Signer, at: Instant): Promise<string> {
  const authority = await readAuthority(git, head);
  if (!authority.ok)
    throw new PatchwardenError('bad-document', `at the protected branch: ${authority.error}`);
  const { tree } = await git.readCommit(head);
  const person = await identify(git, by, authority.value, at, tree);
  if (person === 'bot' || !person.roles.includes('operator'))
    throw new PatchwardenError(
      'refused',
      `${person === 'bot' ? 'the bot' : person.id} has not the role operator (roles.json), and only operators stop and lift`,
    );
  return person.id;
}

/** The signed object: a commit on the protected branch, which the evidence keeps as it is. */
function sign(
  git: Git,
  { head, repository, by }: { readonly head: string; readonly repository: string; readonly by: Signer },
  entry: StopEntry,
  scope: string,
): Promise<string> {
  const what = entry.type === 'halt' ? 'Halt' : 'Lift the halt of';
  const message = `${what} ${scope}\n\n${entry.reason}\n\n${STOP_TRAILER}: ${stopDigest(repository, entry)}\n`;
  return signStop(git, entry, { head, signer: by, message });
}

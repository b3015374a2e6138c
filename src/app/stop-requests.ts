import type { StopEntry } from '../audit/verify-stop.ts';
import { decodeEntry } from '../contracts/evidence-codec.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { Logger } from '../ports/logger.ts';
import { withStops } from '../rollout/asked-stops.ts';
import { canonicalJson } from '../util/digest.ts';
import { stopJudge } from './stop-judge.ts';

/** Where persons without the key of the log put their halts and lifts: a signed commit each, below this name. */
const STOPS = 'refs/patchwarden/stops/';
/** The entry, in a commit that names its digest. */
const STOP_FILE = 'stop.json';
const MAX_BYTES = 16_384;

const trackingOf = (remote: string): string => `refs/patchwarden/remotes/${remote}/stops/`;

/** The commit that a person signs for a halt or lift; no reference moves. @param digest what the trailer names */
export const signStop = (
  git: Git,
  entry: StopEntry,
  by: { readonly head: string; readonly signer: Signer; readonly message: string },
): Promise<string> =>
  git.createCommit({
    base: null,
    files: new Map([[STOP_FILE, canonicalJson(entry)]]),
    parents: [by.head],
    message: by.message,
    signer: by.signer,
    at: entry.time,
  });

/** Puts signed stops where every controller looks before it starts a host. All or none. */
export const publishStops = (git: Git, remote: string, commits: readonly string[]): Promise<void> =>
  git.push(
    remote,
    commits.map((to) => ({ ref: `${STOPS}${to}`, to, expected: null })),
  );

/** What persons asked for on a remote; what is no halt or lift is told once and left out. Nothing is judged here. */
export function stopRequests(
  git: Git,
  remote: string,
  log: Pick<Logger, 'warn'>,
): () => Promise<readonly StopEntry[]> {
  const known = new Map<string, StopEntry | null>();
  return async () => {
    const cloned = (await git.config(`remote.${remote}.url`)) !== undefined;
    if (cloned) await git.fetch(remote, [`+${STOPS}*:${trackingOf(remote)}*`]);
    for (const [ref, commit] of await git.refs(cloned ? trackingOf(remote) : STOPS)) {
      if (known.has(commit)) continue;
      const entry = await readStop(git, commit);
      if (!entry) log.warn(`${ref} is no halt or lift, and does not count`);
      known.set(commit, entry);
    }
    return [...known.values()].filter((e) => e !== null);
  };
}

async function readStop(git: Git, commit: string): Promise<StopEntry | null> {
  const bytes = await git.readBytes(commit, STOP_FILE);
  if (!bytes || bytes.byteLength > MAX_BYTES) return null;
  const said = decodeEntry(bytes);
  if (!said.ok || (said.value.type !== 'halt' && said.value.type !== 'lift')) return null;
  return said.value.by === 'gate' ? null : { ...said.value, object: await git.rawCommit(commit) };
}

/** The log as it stands at a head of the protected branch, with what persons asked for beside it. */
export const standing = async (
  git: Git,
  {
    head,
    repository,
    remote,
  }: { readonly head: string; readonly repository: string; readonly remote: string },
  log: Pick<Logger, 'warn'>,
  entries: readonly EvidenceEntry[],
): ReturnType<typeof withStops> =>
  withStops(entries, await stopRequests(git, remote, log)(), stopJudge(git, head, repository, log));

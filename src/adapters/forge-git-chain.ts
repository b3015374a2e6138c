import type { PullEvent } from '../contracts/generated/pull-event.ts';
import { parseJsonDocument } from '../contracts/load-json.ts';
import { validateKind } from '../contracts/validate.ts';
import { TRAILER } from '../domain/pull-trailers.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { Git } from '../ports/git.ts';
import { type ChainedPull, foldPull, type StoredEvent } from './forge-git-fold.ts';
import { parseCommitObject } from './git-commit-object.ts';

export const EVENT_FILE = 'event.json';
export const BODY_FILE = 'body.md';
/** More events than anybody writes; a chain beyond it is an attack on our time. */
const MAX_EVENTS = 2000;
const MAX_EVENT_BYTES = 64 << 10;
const MAX_BODY_BYTES = 1 << 20;

interface Link extends StoredEvent {
  /** The event before; undefined for the opening. */
  readonly previous: string | undefined;
}

export type EventCache = Map<string, Link>;

/**
 * Reads the chains that end in these commits, all together one event at a time, so that a hundred pull requests cost as
 * many calls of Git as the longest has events. Events never change: `cache` keeps them for the process.
 */
export async function readChains(
  git: Pick<Git, 'readObjects'>,
  tips: ReadonlyMap<number, string>,
  cache: EventCache,
): Promise<ReadonlyMap<number, Result<ChainedPull, string>>> {
  const chains = new Map<number, Link[]>([...tips.keys()].map((n) => [n, []]));
  const results = new Map<number, Result<ChainedPull, string>>();
  let wanted = new Map(tips);
  for (let round = 0; wanted.size > 0; round += 1) {
    const missing = [...new Set(wanted.values())].filter((id) => !cache.has(id));
    const broken = await load(git, missing, cache);
    const next = new Map<number, string>();
    for (const [number, id] of wanted) {
      const link = cache.get(id);
      const reason =
        broken.get(id) ?? (round >= MAX_EVENTS ? 'it is longer than any chain may be' : undefined);
      if (!link || reason) {
        results.set(number, fail(reason ?? 'an event of it is missing'));
        continue;
      }
      chains.get(number)?.push(link);
      if (link.previous === undefined)
        results.set(number, foldPull(number, (chains.get(number) ?? []).reverse()));
      else next.set(number, link.previous);
    }
    wanted = next;
  }
  return results;
}

/** @returns why an event cannot be used, by commit */
async function load(
  git: Pick<Git, 'readObjects'>,
  ids: readonly string[],
  cache: EventCache,
): Promise<ReadonlyMap<string, string>> {
  const names = ids.flatMap((id) => [id, `${id}:${EVENT_FILE}`, `${id}:${BODY_FILE}`]);
  const objects = await git.readObjects(names);
  const broken = new Map<string, string>();
  for (const [i, id] of ids.entries()) {
    const link = linkOf(id, objects[3 * i], objects[3 * i + 1], objects[3 * i + 2]);
    if (link.ok) cache.set(id, link.value);
    else broken.set(id, `event ${id.slice(0, 12)}: ${link.error}`);
  }
  return broken;
}

function linkOf(
  id: string,
  commitBytes: Uint8Array | undefined,
  eventBytes: Uint8Array | undefined,
  bodyBytes: Uint8Array | undefined,
): Result<Link, string> {
  if (!commitBytes) return fail('the commit is missing');
  if (!eventBytes) return fail(`it has no ${EVENT_FILE}`);
  if (bodyBytes && bodyBytes.byteLength > MAX_BODY_BYTES) return fail(`its ${BODY_FILE} is too large`);
  let object: ReturnType<typeof parseCommitObject>;
  try {
    object = parseCommitObject(id, commitBytes);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  if (object.signature !== 'ssh') return fail('it is not signed');
  const event = parseEvent(eventBytes);
  if (!event.ok) return event;
  const { commit } = object;
  const says = (key: string) => commit.trailers.filter((t) => t.key === key).map((t) => t.value);
  const content = 'contentDigest' in event.value ? [event.value.contentDigest] : [];
  // The trailers are what verification reads later; a chain in which both differ would show one thing and prove another.
  if (
    says(TRAILER.event).join() !== event.value.type ||
    says(TRAILER.pull).join() !== String(event.value.pull) ||
    says(TRAILER.content).join() !== content.join()
  )
    return fail(`its message and its ${EVENT_FILE} differ`);
  return ok({
    commit: id,
    event: event.value,
    body: bodyBytes ? Buffer.from(bodyBytes).toString('utf8') : '',
    by: commit.committer.email,
    previous: event.value.type === 'open' ? undefined : commit.parents[0],
  });
}

function parseEvent(bytes: Uint8Array): Result<PullEvent, string> {
  const parsed = parseJsonDocument(bytes, { file: EVENT_FILE, maxBytes: MAX_EVENT_BYTES, maxDepth: 4 });
  if (!parsed.ok) return fail(`its ${EVENT_FILE} cannot be read: ${parsed.error[0]?.message ?? ''}`);
  const [error] = validateKind('pull-event', parsed.value.value);
  if (error) return fail(`its ${EVENT_FILE} is no event of a pull request`);
  return ok(parsed.value.value as PullEvent);
}

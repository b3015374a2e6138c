import { type StopEntry, whyNoStop } from '../audit/verify-stop.ts';
import type { Logger } from '../ports/logger.ts';
import { digestOf } from '../util/digest.ts';

/** Whether a person's halt or lift stands; each is judged once, and told once when it does not. */
export function stopJudge(
  git: Parameters<typeof whyNoStop>[0],
  head: string,
  repository: string,
  log: Pick<Logger, 'warn'>,
): (entry: StopEntry) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  const judge = async (entry: StopEntry): Promise<boolean> => {
    const why = await whyNoStop(git, entry, { head, repository });
    if (why !== undefined)
      log.warn(`evidence: a ${entry.type} of ${entry.time} by ${entry.by} does not count: ${why}`);
    return why === undefined;
  };
  return (entry) => {
    const key = digestOf(entry);
    const verdict = known.get(key) ?? judge(entry);
    known.set(key, verdict);
    return verdict;
  };
}

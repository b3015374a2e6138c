import { TRAILER, type Trailers, trailerLines } from './pull-trailers.ts';
import { fail, ok, type Result } from './result.ts';

/** A review on a forge that approved exactly the head that was merged. */
export interface ExportedReview {
  /** `<forge>:<number of the account>`: names of accounts change hands, numbers do not. */
  readonly account: string;
  /** Number of the review on the forge. */
  readonly id: number;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/**
 * What a forge says about a merge, as the bot countersigns it: the message of a commit that the bot signs, so that it can
 * be checked without the forge and without the repository.
 */
export interface MergeExport {
  readonly pull: number;
  readonly kind: string;
  readonly scope: string;
  readonly contentDigest: string;
  /** Head of the pull request that was merged; what the reviews looked at. */
  readonly head: string;
  /** Commit on the protected branch. */
  readonly merge: string;
  /** Account that merged it. */
  readonly merger: string;
  readonly reviews: readonly ExportedReview[];
}

const KEY = {
  head: 'Patchwarden-Head',
  merge: 'Patchwarden-Merge',
  merger: 'Patchwarden-Merger',
  review: 'Patchwarden-Review',
} as const;
const EVENT = 'export';
const ACCOUNT = '[a-z]+:[1-9]\\d{0,15}';
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const REVIEW = new RegExp(`^(${ACCOUNT}) ([1-9]\\d{0,15}) (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)$`);

export const exportMessage = (e: MergeExport): string =>
  `Export the merge of pull request ${e.pull}\n\n${trailerLines([
    [TRAILER.event, EVENT],
    [TRAILER.pull, String(e.pull)],
    [TRAILER.kind, e.kind],
    [TRAILER.scope, e.scope],
    [TRAILER.content, e.contentDigest],
    [KEY.head, e.head],
    [KEY.merge, e.merge],
    [KEY.merger, e.merger],
    ...e.reviews.map(({ account, id, at }) => [KEY.review, `${account} ${id} ${at}`] as const),
  ])}`;

/** @returns the sentence that says what is missing, double or cannot be read */
export function parseExport(trailers: Trailers): Result<MergeExport, string> {
  const values = (key: string) => trailers.filter((t) => t.key === key).map((t) => t.value);
  const fields: readonly (readonly [string, RegExp])[] = [
    [TRAILER.event, /^export$/],
    [TRAILER.pull, /^[1-9]\d{0,8}$/],
    [TRAILER.kind, /^[a-z]+$/],
    [TRAILER.scope, /^.+$/],
    [TRAILER.content, /^sha256:[0-9a-f]{64}$/],
    [KEY.head, COMMIT],
    [KEY.merge, COMMIT],
    [KEY.merger, new RegExp(`^${ACCOUNT}$`)],
  ];
  const found: string[] = [];
  for (const [key, form] of fields) {
    const [value, ...more] = values(key);
    if (value === undefined) return fail(`it has no trailer ${key}`);
    if (more.length > 0) return fail(`it has the trailer ${key} twice`);
    if (!form.test(value)) return fail(`its trailer ${key} cannot be read`);
    found.push(value);
  }
  const reviews: ExportedReview[] = [];
  for (const value of values(KEY.review)) {
    const [, account, id, at] = REVIEW.exec(value) ?? [];
    if (account === undefined || id === undefined || at === undefined)
      return fail(`its trailer ${KEY.review} cannot be read`);
    reviews.push({ account, id: Number(id), at });
  }
  const [, pull = '', kind = '', scope = '', contentDigest = '', head = '', merge = '', merger = ''] = found;
  return ok({ pull: Number(pull), kind, scope, contentDigest, head, merge, merger, reviews });
}

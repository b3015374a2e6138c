import { printable } from '../util/printable.ts';
import { EVIDENCE_TRAILER } from './evidence.ts';
import { fail, ok, type Result } from './result.ts';

/** Trailers as a commit has them, in order. */
export type Trailers = readonly { readonly key: string; readonly value: string }[];

/** Names of the trailers that bind a signed commit to a pull request. */
export const TRAILER = {
  event: 'Patchwarden-Event',
  pull: 'Patchwarden-Pull',
  kind: 'Patchwarden-Kind',
  scope: 'Patchwarden-Scope',
  content: 'Patchwarden-Content',
  approval: 'Patchwarden-Approval',
  evidence: EVIDENCE_TRAILER,
} as const;

/** What an approval commit says. The signed message alone carries it, so that its raw object can be checked without its tree. */
export interface ApprovalTrailers {
  readonly pull: number;
  readonly contentDigest: string;
}

/** What a merge commit on the protected branch says. */
export interface MergeTrailers {
  readonly pull: number;
  readonly kind: string;
  readonly scope: string;
  readonly contentDigest: string;
  /** Commit ids, in order. */
  readonly approvals: readonly string[];
  /** `<size>:<root>` of the evidence log at the merge; null where there was none. */
  readonly evidence: string | null;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const NUMBER = /^[1-9]\d{0,6}$/;
const EVIDENCE = /^\d{1,15}:[0-9a-f]{64}$/;
const ANY = /^.+$/;

export const trailerLines = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([key, value]) => `${key}: ${value}\n`).join('');

/** The message of an event of a pull request. */
export const eventMessage = (
  subject: string,
  event: { readonly type: string; readonly pull: number; readonly contentDigest?: string },
): string =>
  `${subject}\n\n${trailerLines([
    [TRAILER.event, event.type],
    [TRAILER.pull, String(event.pull)],
    ...(event.contentDigest === undefined ? [] : ([[TRAILER.content, event.contentDigest]] as const)),
  ])}`;

/** The message of a merge on the protected branch; its title may be a person's. */
export const mergeMessage = (title: string, merge: MergeTrailers): string =>
  `Merge pull request ${merge.pull}: ${printable(title.replace(/\s+/g, ' ').trim())}\n\n${trailerLines([
    [TRAILER.pull, String(merge.pull)],
    [TRAILER.kind, merge.kind],
    [TRAILER.scope, merge.scope],
    [TRAILER.content, merge.contentDigest],
    ...merge.approvals.map((id) => [TRAILER.approval, id] as const),
    ...(merge.evidence === null ? [] : ([[TRAILER.evidence, merge.evidence]] as const)),
  ])}`;

/** @returns the sentence that says what is missing or double */
export function parseApprovalTrailers(trailers: Trailers): Result<ApprovalTrailers, string> {
  const event = one(trailers, TRAILER.event, ANY);
  if (!event.ok) return event;
  if (event.value !== 'approve') return fail('it is no approval');
  const pull = one(trailers, TRAILER.pull, NUMBER);
  if (!pull.ok) return pull;
  const content = one(trailers, TRAILER.content, DIGEST);
  return content.ok ? ok({ pull: Number(pull.value), contentDigest: content.value }) : content;
}

/** @returns the sentence that says what is missing or double */
export function parseMergeTrailers(trailers: Trailers): Result<MergeTrailers, string> {
  const pull = one(trailers, TRAILER.pull, NUMBER);
  const kind = one(trailers, TRAILER.kind, ANY);
  const scope = one(trailers, TRAILER.scope, ANY);
  const content = one(trailers, TRAILER.content, DIGEST);
  if (!pull.ok) return pull;
  if (!kind.ok) return kind;
  if (!scope.ok) return scope;
  if (!content.ok) return content;
  const approvals = trailers.filter((t) => t.key === TRAILER.approval).map((t) => t.value);
  if (!approvals.every((id) => COMMIT.test(id))) return fail(`a trailer ${TRAILER.approval} is no commit id`);
  if (new Set(approvals).size !== approvals.length) return fail('it names an approval twice');
  const evidence = trailers.some((t) => t.key === TRAILER.evidence)
    ? one(trailers, TRAILER.evidence, EVIDENCE)
    : ok(null);
  if (!evidence.ok) return evidence;
  return ok({
    pull: Number(pull.value),
    kind: kind.value,
    scope: scope.value,
    contentDigest: content.value,
    approvals,
    evidence: evidence.value,
  });
}

function one(trailers: Trailers, key: string, form: RegExp): Result<string, string> {
  const values = trailers.filter((t) => t.key === key).map((t) => t.value);
  const [value] = values;
  if (value === undefined) return fail(`it has no trailer ${key}`);
  if (values.length > 1) return fail(`it has the trailer ${key} twice`);
  return form.test(value) ? ok(value) : fail(`its trailer ${key} cannot be read`);
}

const AREAS = {
  'git-version': 'clone',
  'ssh-keygen': 'clone',
  'clone-clean': 'clone',
  'clone-remote': 'clone',
  'remote-answers': 'clone',
  documents: 'clone',
  'trust-anchor': 'clone',
  history: 'clone',
  'signer-keys': 'signers',
  'signer-expiry': 'signers',
  'key-shared': 'signers',
  'bot-key': 'signers',
  'bot-roles': 'signers',
  approvers: 'signers',
  'expedited-teams': 'signers',
  'log-key': 'signers',
  'forge-answers': 'forge',
  'forge-token': 'forge',
  'forge-account': 'forge',
  'token-grants': 'forge',
  'token-expiry': 'forge',
  'approver-accounts': 'forge',
  'repository-public': 'forge',
  'branch-protected': 'forge',
  'pull-requests-required': 'forge',
  'reviews-required': 'forge',
  'stale-reviews': 'forge',
  'check-required': 'forge',
  'auto-merge': 'forge',
  'branch-rewrites': 'forge',
  'nobody-bypasses': 'forge',
  'bot-bypass': 'forge',
  'evidence-rewrites': 'forge',
  'evidence-writable': 'forge',
  'state-refs': 'forge',
  'remote-rewrites': 'forge',
  'remote-refresh': 'forge',
  clock: 'clocks',
  'other-patchers': 'hosts',
} as const;

/** What is looked at; the closed set of checks. */
export type DoctorCode = keyof typeof AREAS;
export type DoctorArea = (typeof AREAS)[DoctorCode];

/** In the order in which they are told. */
export const DOCTOR_CODES = Object.keys(AREAS) as readonly DoctorCode[];
export const areaOf = (code: DoctorCode): DoctorArea => AREAS[code];

/**
 * One thing that was looked at. `unknown` is `not-told` where nobody there tells it, and `not-answered` where it could be
 * asked and was not answered this time, or not with this token.
 */
export type DoctorCheck = { readonly code: DoctorCode; readonly sentence: string } & (
  | { readonly level: 'ok' }
  | { readonly level: 'warn' | 'fail'; readonly remedy: string }
  | { readonly level: 'unknown'; readonly because: 'not-told' | 'not-answered'; readonly remedy: string }
);

export const fine = (code: DoctorCode, sentence: string): DoctorCheck => ({ code, level: 'ok', sentence });

export const warned = (code: DoctorCode, sentence: string, remedy: string): DoctorCheck => ({
  ...{ code, sentence, remedy },
  level: 'warn',
});

export const failed = (code: DoctorCode, sentence: string, remedy: string): DoctorCheck => ({
  ...{ code, sentence, remedy },
  level: 'fail',
});

export const untold = (code: DoctorCode, sentence: string, remedy: string): DoctorCheck => ({
  ...{ code, sentence, remedy },
  ...{ level: 'unknown', because: 'not-told' },
});

export const unanswered = (code: DoctorCode, sentence: string, remedy: string): DoctorCheck => ({
  ...{ code, sentence, remedy },
  ...{ level: 'unknown', because: 'not-answered' },
});

/** Failures after which nothing that is signed can be believed. */
const UNVERIFIED: ReadonlySet<DoctorCode> = new Set([
  'trust-anchor',
  'history',
  'signer-keys',
  'key-shared',
  'bot-key',
  'log-key',
]);
/** Failures after which the forge was not asked the rest. */
const UNASKED: ReadonlySet<DoctorCode> = new Set(['remote-answers', 'forge-answers', 'forge-token']);

/** What a check says about the whole. */
export type DoctorGravity = 'fine' | 'refused' | 'unasked' | 'unverified';

export function gravityOf(check: DoctorCheck): DoctorGravity {
  switch (check.level) {
    case 'ok':
    case 'warn':
      return 'fine';
    case 'unknown':
      return check.because === 'not-answered' ? 'unasked' : 'fine';
    case 'fail':
      if (UNVERIFIED.has(check.code)) return 'unverified';
      return UNASKED.has(check.code) ? 'unasked' : 'refused';
    default:
      return check satisfies never;
  }
}

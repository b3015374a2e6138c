import type { ErrorCode } from '../domain/errors.ts';

/** The one table of exit codes. The highest in {@link PRECEDENCE} wins when several apply. */
export const EXIT = {
  ok: 0,
  policySaysNo: 1,
  usage: 2,
  sourceFailed: 3,
  halted: 4,
  unverified: 5,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const PRECEDENCE: readonly ExitCode[] = [130, 70, 5, 4, 2, 3, 1, 0];

/** The code of a run in which all these happened. */
export const highest = (codes: readonly ExitCode[]): ExitCode =>
  PRECEDENCE.find((c) => codes.includes(c)) ?? EXIT.ok;

const BY_ERROR = {
  usage: EXIT.usage,
  'not-built': EXIT.usage,
  'bad-document': EXIT.usage,
  'not-a-repository': EXIT.usage,
  'dirty-repository': EXIT.usage,
  'source-failed': EXIT.sourceFailed,
  'bytes-missing': EXIT.sourceFailed,
  'host-failed': EXIT.sourceFailed,
  'forge-failed': EXIT.sourceFailed,
  'forge-limited': EXIT.sourceFailed,
  'lease-lost': EXIT.sourceFailed,
  'store-failed': EXIT.sourceFailed,
  'policy-failed': EXIT.bug,
  refused: EXIT.policySaysNo,
  halted: EXIT.halted,
  'history-unverified': EXIT.unverified,
  'signature-invalid': EXIT.unverified,
  'digest-mismatch': EXIT.unverified,
  'evidence-broken': EXIT.unverified,
  bug: EXIT.bug,
} as const satisfies Record<ErrorCode, ExitCode>;

export const exitCodeOf = (code: ErrorCode): ExitCode => BY_ERROR[code];

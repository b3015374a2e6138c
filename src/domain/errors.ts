/** The closed set of failures. What a user can expect as an answer (a refusal, a finding) is a value, not an error. */
export type ErrorCode =
  | 'usage' // the command line is off
  | 'not-built' // a verb or option that does not exist yet
  | 'bad-document' // a file of the policy repository, or an input file, is not what it must be
  | 'not-a-repository' // no policy repository where one was expected
  | 'dirty-repository' // the clone has local changes or has left the protected branch
  | 'source-failed' // a host, scanner, feed or package source could not be read
  | 'bytes-missing' // the artifact store does not hold what a lock names
  | 'host-failed' // a host could not be reached or did not do what it was asked
  | 'forge-failed' // Git or the forge refused or failed
  | 'forge-limited' // the forge, or our own pace, lets us write again only later
  | 'lease-lost' // somebody else wrote the same reference first
  | 'store-failed' // the state location cannot be read or written (disk full, permissions)
  | 'policy-failed' // the compiled policy failed or its result was undefined
  | 'refused' // a rule said no
  | 'halted' // a rollout was stopped or rolled back
  | 'history-unverified' // the protected branch does not verify from the trust anchor
  | 'signature-invalid' // a signature is missing, wrong or by nobody known
  | 'digest-mismatch' // bytes are not those that were promised
  | 'evidence-broken' // the evidence log does not verify
  | 'bug'; // ours

/** A failure with a sentence for the user and a code for the exit-code table. */
export class PatchwardenError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'PatchwardenError';
    this.code = code;
  }
}

/** For the end of a `switch` over a closed union. */
export function unreachable(value: never): never {
  throw new PatchwardenError('bug', `unexpected value ${JSON.stringify(value)}`);
}

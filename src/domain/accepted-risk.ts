import type { Exception } from '../contracts/generated/exception.ts';
import type { Instant } from './time.ts';

/** Everything that exceptions accept at a moment, to be told to readers outside. */
export interface AcceptedRisk {
  /** Id of the policy repository. */
  readonly repository: string;
  readonly asOf: Instant;
  readonly exceptions: readonly Exception[];
  readonly accepted: readonly AcceptedFinding[];
}

/** A vulnerability that an exception accepts, in one version of a package; on how many assets is not told. */
export interface AcceptedFinding {
  readonly exception: string;
  readonly advisory: string;
  /** Exact ids of it, its own among them. */
  readonly names: readonly string[];
  readonly stream: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

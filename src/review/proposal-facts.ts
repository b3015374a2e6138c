import type { Hold } from '../contracts/generated/hold.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { LockDiff } from '../domain/content-digest.ts';
import type {
  ProposalEffect,
  RolloutPreview,
  TouchedException,
  UrgentFinding,
} from '../domain/proposal-effect.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';

/** The lock of one ring before and after. */
export interface LockChange {
  readonly ring: string;
  readonly path: string;
  /** Text of the files; before is empty for a new one. */
  readonly before: string;
  readonly after: string;
  readonly lock: PatchLock;
  readonly diff: LockDiff;
}

/** What the text of a proposal is made of. */
export interface ProposalFacts {
  readonly kind: 'remediate' | 'promote' | 'rollback' | 'expedited' | 'drift';
  readonly baseline: string;
  readonly scope: string;
  /** At least one; several in the expedited lane and for drift, in the order of the rings. */
  readonly changes: readonly LockChange[];
  readonly contentDigest: string;
  readonly wanted: readonly WantedPatch[];
  readonly leftOut: readonly { readonly name: string; readonly version: string; readonly reason: string }[];
  /** What this kind of proposal has to say for itself, as Markdown sentences. */
  readonly story: readonly string[];
  /** Documents that are added to `holds/`. */
  readonly holds: readonly Hold[];
  readonly effect: ProposalEffect;
  /** The most urgent findings of what it brings, the worst first. */
  readonly urgent: readonly UrgentFinding[];
  /** Of each ring that changes; empty where nothing is rolled out from here. */
  readonly rollout: readonly RolloutPreview[];
  readonly exceptions: readonly TouchedException[];
  /** Whether the change rules alone may merge it. */
  readonly merge: 'auto' | 'human';
}

/** Generated from schemas/evidence-entry.schema.json by npm run generate; do not edit. */

/**
 * One entry of the append-only evidence log. Entries are written as canonical JSON (RFC 8785); the leaf hash is that of RFC 6962.
 */
export type EvidenceEntry =
  | ProposalEvidence
  | ApprovalEvidence
  | ExportEvidence
  | MergeEvidence
  | IntentEvidence
  | EffectEvidence
  | VerificationEvidence
  | HealthEvidence
  | ProvenEvidence
  | HaltEvidence
  | LiftEvidence;
export type Commit = string;

/**
 * The bot opened or refreshed a proposal, decided from these inputs.
 */
export interface ProposalEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'proposal';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  pull: number;
  kind: string;
  scope: string;
  contentDigest: string;
  head: Commit;
  /**
   * policy, fleet, intel, packages, decisions.
   */
  digests: {
    [k: string]: string;
  };
  /**
   * Hosts that it would touch, as the approvals of this head know it.
   */
  hosts?: number;
  /**
   * Generation that it brings; of a promotion, the proven one that it copies.
   */
  generation?: number;
  /**
   * Generation that this pull request proposed before.
   */
  supersedes?: number;
  /**
   * People who asked for the expedited lane.
   *
   * Items: Identifier; for a document also its file name.
   */
  askedBy?: string[];
}
/**
 * A verified approval, with the signed object itself so that it can be checked again.
 */
export interface ApprovalEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'approval';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  pull: number;
  contentDigest: string;
  commit: Commit;
  person: string;
  /**
   * The raw commit object, signature included.
   */
  object: string;
}
/**
 * What a forge said of a merge that it made, signed by the bot.
 */
export interface ExportEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'export';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  pull: number;
  merge: Commit;
  commit: Commit;
  /**
   * The raw commit object of the export, signature included.
   */
  object: string;
  /**
   * Raw commits of the pull request, oldest first: a squash leaves no other trace of them.
   *
   * @maxItems 100
   */
  commits: string[];
}
/**
 * A merge on the protected branch whose approvals were verified.
 */
export interface MergeEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'merge';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  commit: Commit;
  pull: number;
  kind: string;
  scope: string;
  contentDigest: string;
  approvals: Commit[];
  /**
   * The export of it, where a forge made the merge.
   */
  export?: string;
  merger: string;
  /**
   * Digests of the lock files that the merge brought.
   */
  locks: string[];
}
/**
 * Before an effect: what will be done to one host and on which authority.
 */
export interface IntentEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'intent';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  /**
   * Identity of the action: digest over asset, lock and try.
   */
  run: string;
  asset: string;
  merge: Commit;
  lock: string;
  plan: string;
  packages: Package[];
  wave?: number;
  epoch?: number;
  try?: number;
  /**
   * Class of hosts that a canary stands for: stream, kernel and labels.
   */
  class?: string;
  /**
   * Number of this entry among those of one intent with more packages than an entry holds. They follow one another, appended together, and differ in packages alone.
   */
  part?: number;
  /**
   * Entries that the intent has.
   */
  parts?: number;
}
export interface Package {
  purl: string;
  from: string | null;
  to: string;
  sha256: string;
}
/**
 * What happened on the host: exactly one for each intent.
 */
export interface EffectEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'effect';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  run: string;
  asset: string;
  lock: string;
  outcome: 'installed' | 'already-there' | 'failed' | 'refused' | 'restored' | 'unrestored';
  reason?: string;
  log?: string;
  /**
   * What went bad: maintainer-script, file, cpu, probe, verify, precheck.
   */
  check?: string;
  /**
   * From the first bad sample to verified healthy, measured on the host.
   */
  secondsToHealthy?: number;
}
/**
 * The host scanned again after the effect.
 */
export interface VerificationEvidence {
  apiVersion: 'patchwarden/v1';
  type: 'verification';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  run: string;
  asset: string;
  lock: string;
  state: 'equal' | 'behind' | 'ahead' | 'unknown';
  components: string;
}
/**
 * The healthy streak of a patched host, by its own word: what a bake is counted from.
 */
export interface HealthEvidence {
  apiVersion: 'patchwarden/v1';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  type: 'health';
  run: string;
  asset: string;
  lock: string;
  /**
   * RFC 3339 instant with a zone.
   */
  since: string;
  /**
   * RFC 3339 instant with a zone.
   */
  until: string;
  samples: number;
  /**
   * Seconds that the unbroken run of good samples covers, from `since` to `until`: times without samples are not counted.
   */
  seconds: number;
  verdict: 'good' | 'bad' | 'inconclusive';
}
/**
 * A generation of a lock went through its ring: every host ended and the bake passed.
 */
export interface ProvenEvidence {
  apiVersion: 'patchwarden/v1';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  type: 'proven';
  /**
   * Identifier; for a document also its file name.
   */
  baseline: string;
  /**
   * Identifier; for a document also its file name.
   */
  ring: string;
  generation: number;
  lock: string;
  merge: Commit;
  patched: number;
  others: number;
}
/**
 * Forbids to start anything in a scope, at once. By a gate: one (stream, package, version). By a person: signed.
 */
export interface HaltEvidence {
  apiVersion: 'patchwarden/v1';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  type: 'halt';
  id: string;
  scope:
    | {
        kind: 'package';
        /**
         * Package universe, distribution:release:architecture, such as debian:12:amd64.
         */
        stream: string;
        package: string;
        version: string;
      }
    | {
        kind: 'ring';
        /**
         * Identifier; for a document also its file name.
         */
        baseline: string;
        ring: string | null;
      }
    | {
        kind: 'all';
      };
  reason: string;
  /**
   * gate, or person:<id>.
   */
  by: string;
  run?: string;
  lock?: string;
  /**
   * The signed object of a person's halt.
   */
  object?: string;
}
/**
 * A person ends a halt.
 */
export interface LiftEvidence {
  apiVersion: 'patchwarden/v1';
  /**
   * RFC 3339 instant with a zone.
   */
  time: string;
  type: 'lift';
  halt: string;
  reason: string;
  by: string;
  object?: string;
}

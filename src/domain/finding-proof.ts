/** A merge of the protected branch that stands, with the people behind it. */
export interface ProvenMerge {
  readonly commit: string;
  readonly at: string;
  readonly pull: number;
  readonly kind: string;
  readonly scope: string;
  readonly merger: string;
  readonly approvals: readonly {
    readonly commit: string;
    readonly person: string;
    readonly teams: readonly string[];
  }[];
}

/** An entry of the evidence log, with the proof that the signed log has it. */
export interface ProvenEntry {
  readonly index: number;
  readonly type: string;
  readonly time: string;
  /** Hash of the entry, hex. @see RFC 6962 section 2.1 */
  readonly leaf: string;
  /** Sibling hashes from the leaf to the root, hex: verified. @see RFC 6962 section 2.1.1 */
  readonly inclusion: readonly string[];
}

/** What the verified history and the evidence say about one finding. */
export interface FindingProof {
  readonly name: string | null;
  readonly advisory: string | null;
  /** The entry for its package in the lock of the asset's ring; null where there is none. */
  readonly lock: {
    readonly file: string;
    readonly generation: number;
    readonly key: string;
    readonly version: string;
    readonly approvedBy: string;
    /** It names the advisory. */
    readonly closes: boolean;
  } | null;
  /** The merge that brought that version; null where there is none since the trust anchor. */
  readonly merge: ProvenMerge | null;
  /** Proposal, approvals and merge, what was done to this package on this asset, and the proof of the generation. */
  readonly evidence: readonly ProvenEntry[];
  /** What there is not, in sentences. */
  readonly missing: readonly string[];
}

/** The ground that a proof stands on: the walk from the trust anchor, the log, and what was asked about. */
export interface Proof {
  readonly anchor: string;
  readonly head: string;
  /** Merges that were verified between the two. */
  readonly merges: number;
  readonly log: { readonly size: number; readonly root: string };
  /** The merge that last changed each document that was decided by; null: it is that of the anchor. */
  readonly documents: readonly { readonly file: string; readonly merge: ProvenMerge | null }[];
  readonly findings: readonly FindingProof[];
}

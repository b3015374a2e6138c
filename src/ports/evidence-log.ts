import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';

/** Size of the log and its Merkle root, written `<size>:<root hex>` where a commit or a person names it. */
export interface EvidenceHead {
  readonly size: number;
  /** Lower-case hex, 32 bytes; of the empty log SHA-256 of nothing. @see RFC 6962 section 2.1 */
  readonly root: string;
}

/** Append-only signed log. One writer at a time, by lease. */
export interface EvidenceLog {
  head(): Promise<EvidenceHead>;
  /** All entries in order, their bytes checked against the signed head; throws `evidence-broken`. */
  entries(): Promise<readonly EvidenceEntry[]>;
  /**
   * Appends and signs; throws `lease-lost` when somebody else appended first.
   * @param options.after the size that the log must still have: what was decided on older entries is not appended
   */
  append(entries: readonly EvidenceEntry[], options?: { readonly after?: number }): Promise<EvidenceHead>;
}

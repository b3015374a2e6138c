import type { IntelKind } from '../../contracts/generated/config.ts';
import type {
  AdvisoryRow,
  AffectedRow,
  ClaimRow,
  EpssRow,
  KevRow,
  SsvcRow,
  VexRow,
} from '../../contracts/generated/fleet-rows.ts';

/** What one record says of one vulnerability: replaced as a whole by a newer copy of the same unit. */
export interface ClaimUnit {
  readonly cve: string;
  /** What is replaced: a container of a CVE record, an NVD record, a document. */
  readonly unit: string;
  /** When it was said last, RFC 3339; null when it tells no time. */
  readonly at: string | null;
  /** When the record that carries it was changed: what a later rejection takes away. */
  readonly recordAt: string | null;
  readonly ssvc: SsvcRow | null;
  readonly claims: readonly ClaimRow[];
}

/** What one file says, by the part of the tables that it fills. */
export type Part =
  | {
      readonly kind: 'advisories';
      readonly items: readonly {
        readonly advisory: AdvisoryRow;
        readonly affected: readonly AffectedRow[];
      }[];
    }
  /** Catalogues and score lists replace older ones of the same feed as a whole; the version sorts by time. */
  | { readonly kind: 'kev'; readonly version: string | null; readonly rows: readonly KevRow[] }
  | { readonly kind: 'epss'; readonly modelDate: string; readonly rows: readonly EpssRow[] }
  | { readonly kind: 'claims'; readonly units: readonly ClaimUnit[] }
  | { readonly kind: 'rejected'; readonly cve: string; readonly at: string | null }
  /** No rows: the document was taken back. */
  | {
      readonly kind: 'vex';
      readonly document: string;
      readonly at: string | null;
      readonly rows: readonly VexRow[];
    };

/** What one file says. */
export interface Reading {
  readonly kind: IntelKind;
  /** Records: advisories, entries of a catalogue, scores, CVE records, documents. */
  readonly records: number;
  /** The latest moment of its content, RFC 3339; null when it tells none. */
  readonly newest: string | null;
  readonly parts: readonly Part[];
  /** What could not be read of it, each a sentence without the name of the file. */
  readonly problems: readonly string[];
  readonly otherEcosystems?: number;
  readonly unknownRanges?: number;
}

export interface ReadOptions {
  /** Label of the feed. */
  readonly feed: string;
  /** Where in the feed the file lies, with the name of the feed before it: dates are looked for there. */
  readonly path: string;
  /** Day of scores whose file tells none, from the config. */
  readonly modelDate?: string;
  /** Keep affected rows of these ecosystems only. */
  readonly ecosystems?: ReadonlySet<string>;
}

/** Grammar of CVE ids. @see https://www.cve.org/About/Process#CVERecordLifecycle */
export const CVE_ID = /^CVE-\d{4}-\d{4,19}$/;

/** Words from outside that become part of a row: one line, not too long. */
export const shortText = (text: string, most = 500): string =>
  text.replace(/\s+/g, ' ').trim().slice(0, most);

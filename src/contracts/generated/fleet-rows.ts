/** Generated from schemas/fleet-rows.schema.json by npm run generate; do not edit. */

/**
 * Rows of the fleet and intelligence snapshots (Parquet tables of the same names). Times are RFC 3339 UTC, days YYYY-MM-DD.
 */
export interface FleetRows {
  assets: AssetRow[];
  components: ComponentRow[];
  origins: OriginRow[];
  labels?: AssetLabelsRow[];
  advisories: AdvisoryRow[];
  affected: AffectedRow[];
  kev: KevRow[];
  ssvc: SsvcRow[];
  epss: EpssRow[];
  claims?: ClaimRow[];
  vex?: VexRow[];
  packages: PackageRow[];
  firstSeen: FirstSeenRow[];
}
export interface AssetRow {
  asset: string;
  stream: string | null;
  /**
   * Digest of its component set.
   */
  set: string;
  labels: {
    [k: string]: string;
  };
  unknown: string | null;
  runningKernel: string | null;
  rebootRequired: boolean;
  observedAt: string;
  source: string;
}
/**
 * One installed package of a component set; sets are stored once.
 */
export interface ComponentRow {
  set: string;
  name: string;
  version: string;
  arch: string;
  sourcePackage: string | null;
  sourceVersion: string | null;
  held: boolean;
  state:
    'installed' | 'half-installed' | 'unpacked' | 'half-configured' | 'triggers-awaited' | 'triggers-pending';
  /**
   * name:stream of the module that an rpm belongs to; absent where it belongs to none, or that is not known.
   */
  module?: string;
}
/**
 * An origin that the assets with this set of origins have.
 */
export interface OriginRow {
  asset: string;
  origin: string;
}
/**
 * The labels of an asset, once more apart from what changes hourly.
 */
export interface AssetLabelsRow {
  asset: string;
  labels: {
    [k: string]: string;
  };
}
export interface AdvisoryRow {
  advisory: string;
  kind: 'vulnerability' | 'bulletin';
  aliases: string[];
  related: string[];
  summary: string;
  published: string | null;
  modified: string | null;
  withdrawn: string | null;
  severity: 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
  /**
   * The CVSS vector it was computed from, title (the word that the vendor's title begins with), or none.
   */
  severitySource: string;
  score: number | null;
  feed: string;
}
/**
 * One range of source versions of one package in one ecosystem release.
 */
export interface AffectedRow {
  advisory: string;
  /**
   * distribution:release, such as debian:12.
   */
  ecosystem: string;
  package: string;
  scheme: 'dpkg' | 'rpm' | 'apk' | 'unknown';
  /**
   * 0 or null: from the beginning.
   */
  introduced: string | null;
  fixed: string | null;
  lastAffected: string | null;
  /**
   * Only for a record without ranges.
   */
  versions: string[];
  urgency: string | null;
}
export interface KevRow {
  cve: string;
  dateAdded: string;
  dueDate: string | null;
  ransomware: boolean;
}
/**
 * SSVC decision points of a vulnerability as one source states them; null where it says nothing that can be read.
 */
export interface SsvcRow {
  cve: string;
  /**
   * Who says so, such as CISA-ADP.
   */
  source: string;
  /**
   * When it was said, RFC 3339.
   */
  at: string;
  exploitation: 'none' | 'poc' | 'active' | null;
  automatable: 'no' | 'yes' | null;
  technicalImpact: 'partial' | 'total' | null;
}
/**
 * EPSS: probability of exploitation within 30 days.
 */
export interface EpssRow {
  cve: string;
  score: number;
  percentile: number | null;
  /**
   * Day of the scores, YYYY-MM-DD.
   */
  modelDate: string;
}
/**
 * What one source says of the severity of a vulnerability. Nothing is merged: each claim keeps its source.
 */
export interface ClaimRow {
  cve: string;
  /**
   * Who says so: CISA-ADP (a container of the CVE record by that name), cna:<name>, nvd-primary:<who>, nvd-secondary:<who>, csaf:<publisher>, osv:<record>.
   */
  source: string;
  /**
   * cvss: a base score; word: the source's own word; kev: the source says that it is in the catalogue since a day, which the catalogue itself may deny.
   */
  kind: 'cvss' | 'word' | 'kev';
  /**
   * The base score computed from the vector, the word, or the day.
   */
  value: string;
  vector: string | null;
  /**
   * When it was said, RFC 3339.
   */
  at: string | null;
}
/**
 * What one document says of a vulnerability in a product: a claim, never a decision.
 */
export interface VexRow {
  /**
   * openvex:<author> or csaf:<publisher>.
   */
  source: string;
  /**
   * Id of the document.
   */
  document: string;
  /**
   * When it was said, RFC 3339.
   */
  at: string | null;
  vulnerability: string;
  /**
   * A purl or CPE, or the document's own name for it; <component> in <product> where the statement is about a part.
   */
  product: string;
  status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
  justification: string | null;
  /**
   * Impact statement or action statement, shortened.
   */
  statement: string | null;
  /**
   * Label of the feed; null in a snapshot of before it was kept.
   */
  feed: string | null;
}
/**
 * One package that an origin offers.
 */
export interface PackageRow {
  /**
   * Id of the package source in the config.
   */
  source: string;
  /**
   * As the host sees it: <Label or Origin>:<suite>/<component>, such as debian:bookworm-security/main.
   */
  origin: string;
  stream: string;
  /**
   * A security suite.
   */
  security: boolean;
  name: string;
  version: string;
  arch: string;
  sourcePackage: string;
  sourceVersion: string;
  sha256: string;
  size: number;
  filename: string;
  section: string | null;
  priority: string | null;
  /**
   * Phased-Update-Percentage.
   */
  phased: number | null;
  fetch: 'controller' | 'host';
  immutable: boolean;
  /**
   * The stanza of the index without its descriptions and tags, for a solver: Package, Version, Architecture, dependency fields, Filename, Size, SHA256, …
   */
  stanza: string;
}
/**
 * When a version of a package was first offered by an origin; kept after it has left the index.
 */
export interface FirstSeenRow {
  stream: string;
  origin: string;
  package: string;
  version: string;
  sourceVersion: string;
  at: string;
}

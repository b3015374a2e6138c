/** One Packages index as text, with what its Release file says. */
export interface PackageIndex {
  readonly kind?: 'apt';
  /** Id of the source in the config. */
  readonly source: string;
  /** As the host sees it, `<origin>:<suite>/<component>` in lower case, such as `debian:bookworm-security/main`. */
  readonly origin: string;
  readonly suite: string;
  readonly codename: string;
  readonly component: string;
  readonly arch: string;
  /** Release file's Origin and Label, for the security classification. */
  readonly releaseOrigin: string;
  readonly releaseLabel: string;
  readonly text: string;
}

/** One rpm-md repository: the `<package>` elements of its primary metadata and what goes with them. */
export interface RpmIndex {
  readonly kind: 'rpm-md';
  /** Id of the source in the config. */
  readonly source: string;
  readonly stream: string;
  /** Id of the repository on the hosts. */
  readonly repo: string;
  /** One `<package>` element each, without descriptions, in the order of the file. */
  readonly packages: readonly string[];
  /** One `<update>` element of the advisories each, without descriptions. */
  readonly updates: readonly string[];
  /** The YAML documents of the module streams; empty where the repository has none. */
  readonly modules: string;
}

/** What is known of a file before it is fetched; keeps the download small. The caller checks the bytes. */
export interface Expected {
  readonly size: number;
}

/** Offers packages. An adapter hands over the index text; parsing is the work of `observe`. */
export interface PackageSource<Index = PackageIndex> {
  readonly id: string;
  indexes(): Promise<readonly Index[]>;
  /** Bytes of one package file, checked by nobody yet; undefined when this source cannot fetch it. */
  fetch(filename: string, expected?: Expected): Promise<Uint8Array | undefined>;
}

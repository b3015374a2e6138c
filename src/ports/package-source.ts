/** One Packages index as text, with what its Release file says. */
export interface PackageIndex {
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

/** Offers packages. An adapter hands over the index text; parsing is the work of `observe`. */
export interface PackageSource {
  readonly id: string;
  indexes(): Promise<readonly PackageIndex[]>;
  /** Bytes of one package file, checked by nobody yet; undefined when this source cannot fetch it. */
  fetch(filename: string): Promise<Uint8Array | undefined>;
}

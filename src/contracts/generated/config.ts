/** Generated from schemas/config.schema.json by npm run generate; do not edit. */

/**
 * A place that offers packages.
 */
export type PackageSourceConfig = DirectoryPackageSource | AptUrlPackageSource | RpmUrlPackageSource;

/**
 * patchwarden.json: where facts come from and where state goes. Relative paths start at the policy repository.
 */
export interface Config {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Config';
  id: 'patchwarden';
  /**
   * Stable id of this policy repository; part of every content digest.
   */
  repository: string;
  /**
   * The protected branch.
   */
  branch?: string;
  forge?: {
    kind: 'git';
    remote?: string;
  };
  fleet: {
    sources: FleetSource[];
  };
  intel: {
    feeds: {
      kind: 'osv' | 'kev';
      path: string;
    }[];
  };
  packages: {
    sources: PackageSourceConfig[];
  };
  state: {
    kind: 'directory';
    path: string;
  };
  artifacts?: {
    kind: 'directory';
    path: string;
  };
  drivers?: {
    kind: 'root';
    /**
     * Identifier; for a document also its file name.
     */
    asset: string;
    path: string;
  }[];
  /**
   * Trusted source of each label; a label from elsewhere is ignored.
   */
  labels?: {
    [k: string]: {
      source: 'inventory' | 'host';
    };
  };
  limits?: {
    openProposals?: number;
    /**
     * Share of the fleet that a refreshed proposal may gain without a new one.
     */
    growth?: number;
    contexts?: number;
    closures?: number;
  };
  disclose?: 'counts' | 'names';
}
export interface FleetSource {
  /**
   * root: a root directory; file: a package list, lock or scan result.
   */
  kind: 'root' | 'file';
  /**
   * The asset.
   */
  id: string;
  path: string;
  /**
   * Package universe, distribution:release:architecture, such as debian:12:amd64.
   */
  stream?: string;
  /**
   * For a list that does not tell where its packages come from: the origins that the asset has, such as debian:bookworm-security/main. What the asset itself tells wins.
   */
  origins?: string[];
  labels?: {
    [k: string]: string;
  };
}
export interface DirectoryPackageSource {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * apt-lists: a root directory whose /var/lib/apt/lists are read; apt-directory: a directory that holds dists/ (or flat Packages) and the files.
   */
  kind: 'apt-lists' | 'apt-directory';
  path: string;
  /**
   * The source never changes or removes a file once published.
   */
  immutable?: boolean;
  /**
   * Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way).
   */
  fetch?: 'controller' | 'host';
}
/**
 * An apt repository on a web server. Its Release file is checked with gpgv.
 */
export interface AptUrlPackageSource {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'apt-url';
  /**
   * What a line of sources.list has after deb: the directory that holds dists/ and pool/.
   */
  url: string;
  /**
   * Such as bookworm-security; with a slash at its end the directory of a flat repository.
   */
  suite: string;
  /**
   * Default main; a flat repository has none.
   *
   * @minItems 1
   */
  components?: string[];
  /**
   * Default amd64; packages for all are in each.
   *
   * @minItems 1
   */
  architectures?: string[];
  /**
   * File of the policy repository with the OpenPGP keys that may sign, armoured or binary.
   */
  keyring?: string;
  /**
   * none: the Release file is not checked, which every sync says.
   */
  signature?: 'required' | 'none';
  /**
   * The source never changes or removes a file once published.
   */
  immutable?: boolean;
  /**
   * Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way).
   */
  fetch?: 'controller' | 'host';
}
/**
 * An rpm-md repository on a web server.
 */
export interface RpmUrlPackageSource {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'rpm-url';
  /**
   * The directory that holds repodata/.
   */
  baseurl: string;
  /**
   * Package universe, distribution:release:architecture, such as debian:12:amd64.
   */
  stream: string;
  /**
   * Id of this repository on the hosts, in /etc/yum.repos.d; default the id of the source.
   */
  repo?: string;
  /**
   * File of the policy repository with the OpenPGP keys that may sign, armoured or binary.
   */
  keyring?: string;
  /**
   * required: repomd.xml.asc is checked with gpgv; packages: only the signature of each package, with rpmkeys, when its bytes are kept; none: neither. Every sync names what is not checked.
   */
  signature?: 'required' | 'packages' | 'none';
  /**
   * Module streams that count as enabled, as <module>:<stream>; without it the default streams that modules.yaml names.
   */
  modules?: string[];
  /**
   * The source never changes or removes a file once published.
   */
  immutable?: boolean;
  /**
   * Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way).
   */
  fetch?: 'controller' | 'host';
}

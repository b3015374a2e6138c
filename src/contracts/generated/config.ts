/** Generated from schemas/config.schema.json by npm run generate; do not edit. */

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
    sources: {
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
    }[];
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

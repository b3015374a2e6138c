/** Generated from schemas/config.schema.json by npm run generate; do not edit. */

/**
 * Where pull requests are. Tokens and keys come from the environment, never from here.
 */
export type ForgeConfig = GitForgeConfig | GitHubForgeConfig | GiteaForgeConfig;
/**
 * Name of the remote of the clone.
 */
export type Remote = string;
/**
 * Whom a new pull request asks for a review. roles: approvers of roles.json by their accounts, the owner's team first. codeowners: whom the forge asks by itself. none: nobody beside those. Default: roles, where the forge asks no code owner of the changed paths.
 */
export type Reviewers = 'roles' | 'codeowners' | 'none';
export type ForgeName = string;
/**
 * Of the API, such as https://git.example.org/api/v1; no slash at the end.
 */
export type ApiUrl = string;
export type FleetSource = RootSource | FileSource | SshSource;
/**
 * What the feed must have records of.
 */
export type IntelKind =
  'osv' | 'kev' | 'epss' | 'cve' | 'nvd' | 'csaf' | 'openvex' | 'debian-security-tracker';
/**
 * csaf, openvex: package URLs without version, such as pkg:deb/debian/*, about which its statements count. About all others they are only shown.
 *
 * @minItems 1
 */
export type Globs = string[];
/**
 * A place that offers packages.
 */
export type PackageSourceConfig =
  AptListsPackageSource | AptDirectoryPackageSource | AptUrlPackageSource | RpmUrlPackageSource;
export type DriverConfig = RootDriver | SshDriver | AnsibleDriver;

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
  forge?: ForgeConfig;
  fleet: {
    sources: FleetSource[];
  };
  intel: {
    feeds: IntelFeed[];
    limits?: IntelLimits;
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
  /**
   * How hosts are changed; a host without one is only looked at.
   */
  drivers?: DriverConfig[];
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
     * Open proposals of one owner. A proposal that is due within three days passes every limit.
     */
    proposalsPerOwner?: number;
    /**
     * Proposals that may be opened within an hour.
     */
    proposalsPerHour?: number;
    /**
     * Share of its hosts by which the effect of an open proposal may grow before it has to be made anew. One host more is always allowed, unless this is 0.
     */
    growth?: number;
    /**
     * Identifier; for a document also its file name.
     */
    calendar?: string;
    contexts?: number;
    closures?: number;
  };
  disclose?: 'counts' | 'names';
}
/**
 * git: the embedded forge, in the repository itself.
 */
export interface GitForgeConfig {
  kind: 'git';
  remote?: Remote;
}
/**
 * github: GitHub.com or GitHub Enterprise Server.
 */
export interface GitHubForgeConfig {
  kind: 'github';
  reviewers?: Reviewers;
  remote?: Remote;
  owner: ForgeName;
  repo: ForgeName;
  /**
   * Of the API, such as https://git.example.org/api/v1; no slash at the end.
   */
  baseUrl?: string;
  /**
   * The GitHub App that acts; without it PATCHWARDEN_FORGE_TOKEN does.
   */
  app?: {
    id: number;
    installation: number;
  };
}
/**
 * gitea: Gitea or Forgejo.
 */
export interface GiteaForgeConfig {
  kind: 'gitea';
  reviewers?: Reviewers;
  remote?: Remote;
  owner: ForgeName;
  repo: ForgeName;
  baseUrl: ApiUrl;
}
export interface RootSource {
  /**
   * root: a root directory.
   */
  kind: 'root';
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
  labels?: FleetLabels;
}
export interface FleetLabels {
  [k: string]: string;
}
export interface FileSource {
  /**
   * file: a package list, lock or scan result.
   */
  kind: 'file';
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
  labels?: FleetLabels;
}
/**
 * Many hosts, read over ssh by the names of an inventory: no agent, no root, nothing is written on them.
 */
export interface SshSource {
  /**
   * ssh: the hosts of an inventory.
   */
  kind: 'ssh';
  /**
   * The source; its assets have the names of the inventory, in lower case.
   */
  id: string;
  /**
   * A list of host names, a CSV file or an Ansible inventory.
   */
  inventory: string;
  /**
   * Without it the name of the file tells: .csv is csv, .yml, .yaml and .ini are ansible, everything else is list.
   */
  format?: 'list' | 'csv' | 'ansible';
  /**
   * An ssh configuration to use in place of the user's own; jump hosts, keys and known hosts are named there.
   */
  sshConfig?: string;
  /**
   * For hosts to which the inventory gives no user.
   */
  user?: string;
  parallel?: number;
  /**
   * For one host, connection included.
   */
  timeoutSeconds?: number;
  /**
   * What one host may send, also after decompression.
   */
  maxBytes?: number;
  labels?: FleetLabels;
  /**
   * Label → variable of an Ansible inventory or column of a CSV file. Without it every further column of a CSV file is a label.
   */
  labelsFrom?: {
    [k: string]: string;
  };
}
/**
 * A place with records: a path, or a url.
 */
export interface IntelFeed {
  kind: IntelKind;
  /**
   * A directory, an archive or one file.
   */
  path?: string;
  /**
   * A file on a web server: records, or an archive of them.
   */
  url?: string;
  /**
   * url: what the server may send; unpacked at most a hundred times that.
   */
  maxBytes?: number;
  /**
   * epss: day of scores whose file tells none.
   */
  modelDate?: string;
  /**
   * A feed whose newest record is older is stale, which sync and status say.
   */
  maxAgeDays?: number;
  trust?: Globs;
}
/**
 * How far the number of records of a feed may move between two syncs before a person has to look.
 */
export interface IntelLimits {
  /**
   * Share of its records that a feed may lose.
   */
  shrink?: number;
  /**
   * Share of its records that a feed may gain.
   */
  jump?: number;
}
/**
 * What the last apt-get update of a host brought: a root directory whose /var/lib/apt/lists are read.
 */
export interface AptListsPackageSource {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'apt-lists';
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
 * An apt repository in a directory that holds dists/ (or flat Packages) and the files.
 */
export interface AptDirectoryPackageSource {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'apt-directory';
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
   * The source never changes or removes a file once published.
   */
  immutable?: boolean;
  /**
   * Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way).
   */
  fetch?: 'controller' | 'host';
}
/**
 * root: a root directory of this machine, or / for the machine itself.
 */
export interface RootDriver {
  /**
   * root: a root directory.
   */
  kind: 'root';
  /**
   * Identifier; for a document also its file name.
   */
  asset: string;
  path: string;
}
/**
 * ssh: the hosts of a fleet source of kind ssh, by its inventory, user and ssh configuration.
 */
export interface SshDriver {
  /**
   * ssh: the hosts of an ssh source.
   */
  kind: 'ssh';
  /**
   * Identifier; for a document also its file name.
   */
  source: string;
  /**
   * sudo: the helper travels with every call and runs through sudo -n python3 -I -. sudo-installed: it lies on the host at helperPath, and sudoers binds it to its digest. root: the ssh user is root.
   */
  privilege?: 'sudo' | 'sudo-installed' | 'root';
  /**
   * For sudo-installed.
   */
  helperPath?: string;
  /**
   * On the hosts; default /usr/bin/python3.
   */
  python?: string;
}
/**
 * ansible: the hosts of a fleet source of kind ssh whose inventory is Ansible's, changed through ansible-core: its connections, jump hosts and become. Looked at over ssh.
 */
export interface AnsibleDriver {
  /**
   * ansible: the hosts of an ssh source, through ansible-core.
   */
  kind: 'ansible';
  /**
   * Identifier; for a document also its file name.
   */
  source: string;
  /**
   * An ansible.cfg; without it Ansible finds its own.
   */
  config?: string;
  /**
   * Path of ansible-playbook; without it the one on PATH.
   */
  program?: string;
  forks?: number;
  /**
   * On the hosts; default /usr/bin/python3.
   */
  python?: string;
}

/** A module stream, such as nodejs 18. */
export interface ModuleStream {
  readonly name: string;
  readonly stream: string;
}

/**
 * Origin of the packages of a dnf repository: `<distribution>:<repository id>`, such as `almalinux:appstream`, with the
 * module stream after it for packages that belong to one: `almalinux:appstream/nodejs/18`.
 *
 * The id is the section name in /etc/yum.repos.d, which stays while mirrors change; the base URL is no part of it. It is in
 * lower case with every character outside `a-z0-9._-` as `-`. The id of a package source of the config (its `repo`) must be
 * the same. Two repositories of one id are one origin: which bytes are installed is decided by digests, not by origins.
 */
export function rpmOrigin(distro: string, repo: string, module?: ModuleStream): string {
  const origin = `${word(distro)}:${word(repo)}`;
  return module ? `${origin}/${word(module.name)}/${word(module.stream)}` : origin;
}

/**
 * All origins of a host: its enabled repositories, and each of them with each enabled module stream (a host does not know
 * which repository carries a module; the origins that do not exist match nothing). Sorted by the caller.
 */
export const rpmOrigins = (
  distro: string,
  repos: readonly string[],
  modules: readonly ModuleStream[],
): readonly string[] =>
  repos.flatMap((repo) => [rpmOrigin(distro, repo), ...modules.map((m) => rpmOrigin(distro, repo, m))]);

const word = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+/, '') || 'unknown';

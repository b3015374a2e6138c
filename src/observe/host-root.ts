import { originOf } from '../domain/apt-origin.ts';
import { isArchIndependent } from '../domain/arch.ts';
import type { Component } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { parseRelease } from '../domain/release-file.ts';
import { ecosystemOfBaseFiles, ecosystemOfReleasePackages } from '../domain/releases.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { RpmDatabase } from '../ports/rpm-database.ts';
import { compareCodePoints } from '../util/sort.ts';
import { type AptSource, listPrefix, parseSourcesFile, parseSourcesList } from './apt-sources.ts';
import { type DpkgStatus, parseDpkgStatus } from './dpkg-status.ts';
import { type Observation, observation, unknownReasonOf } from './observation.ts';
import { ecosystemOfOsRelease, parseOsRelease } from './os-release.ts';
import { readRpmRoot } from './rpm-root.ts';

const STATUS = 'var/lib/dpkg/status';
const STATUS_D = 'var/lib/dpkg/status.d';
const LISTS = 'var/lib/apt/lists';
const MAX_STATUS = 64 << 20;
const MAX_SMALL = 1 << 20;

export interface HostRootOptions {
  /** The tree is the root of this very machine, so its kernel is the one that runs. */
  readonly live?: boolean;
  /** Reads the database of an rpm host; without it such a host is not readable. */
  readonly rpm?: RpmDatabase;
}

/**
 * A host from its own files, under any root directory: release, packages, and of a Debian or Ubuntu one the origins it
 * declares.
 * @throws PatchwardenError `source-failed` when there is no readable package database
 */
export async function observeRoot(tree: FileTree, options: HostRootOptions = {}): Promise<Observation> {
  const read = async (path: string, maxBytes = MAX_SMALL): Promise<string | undefined> => {
    const bytes = await tree.read(path, { maxBytes });
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  const packages = await readPackages(tree, read, options.rpm);
  const { components } = packages;
  const release = (await read('etc/os-release')) ?? (await read('usr/lib/os-release')) ?? '';
  const ecosystem =
    ecosystemOfOsRelease(parseOsRelease(release)) ??
    ecosystemOfReleasePackages(components) ??
    ecosystemOfBaseFiles(components.find((c) => c.name === 'base-files')?.version ?? '');
  const arch =
    (packages.rpm ? undefined : firstLine(await read('var/lib/dpkg/arch'))) ?? mainArch(components);
  const stream = ecosystem !== null && arch !== null ? `${ecosystem}:${arch}` : null;
  const kernel = options.live === true ? firstLine(await read('proc/sys/kernel/osrelease')) : undefined;
  if (packages.rpm)
    return observation('rpm-root', {
      components,
      problems: packages.problems,
      stream,
      runningKernel: kernel ?? null,
      unknown: unknownReasonOf(stream, components),
    });
  const reboot = (await read('run/reboot-required')) ?? (await read('var/run/reboot-required'));
  const { problems, statusText } = packages;
  return observation('root', {
    components,
    problems,
    statusText,
    stream,
    origins: await declaredOrigins(tree, read),
    runningKernel: kernel ?? null,
    rebootRequired: reboot !== undefined,
    unknown: unknownReasonOf(stream, components),
  });
}

type Read = (path: string, maxBytes?: number) => Promise<string | undefined>;

interface RootPackages extends DpkgStatus {
  readonly statusText: string | null;
  /** They are of an rpm database. */
  readonly rpm: boolean;
}

async function readPackages(
  tree: FileTree,
  read: Read,
  database: RpmDatabase | undefined,
): Promise<RootPackages> {
  const text = await read(STATUS, MAX_STATUS);
  const parts = await Promise.all(
    // Beside each stanza some images keep the digests of the package's files.
    (await tree.list(STATUS_D))
      .filter((n) => !n.endsWith('.md5sums'))
      .map((n) => `${STATUS_D}/${n}`)
      .map(async (path) => parseDpkgStatus((await read(path)) ?? '', { label: path, statusOptional: true })),
  );
  const all = [...(text === undefined ? [] : [parseDpkgStatus(text, { label: STATUS })]), ...parts];
  const components = all.flatMap((p) => p.components);
  const rpms = components.length === 0 ? await readRpmRoot(tree, database) : undefined;
  if (rpms !== undefined) return { ...rpms, statusText: null, rpm: true };
  if (components.length === 0)
    throw new PatchwardenError(
      'source-failed',
      all.length === 0
        ? `${tree.label} has neither ${STATUS} nor ${STATUS_D} nor an rpm database: name the root directory of a Debian, Ubuntu or rpm system, or a package list`
        : `${tree.label}: no installed package can be read from ${text === undefined ? STATUS_D : STATUS}${firstProblem(all)}`,
    );
  return {
    components,
    problems: all.flatMap((p) => p.problems),
    statusText: parts.length > 0 ? null : (text ?? null),
    rpm: false,
  };
}

function firstProblem(all: readonly DpkgStatus[]): string {
  const problem = all.flatMap((p) => p.problems)[0];
  return problem === undefined ? '; the file is empty or cut off' : ` (${problem})`;
}

/** Origins of the archives that the host is set to use, as far as its own lists tell what they are. */
async function declaredOrigins(tree: FileTree, read: Read): Promise<readonly string[]> {
  const sources: AptSource[] = [...parseSourcesList((await read('etc/apt/sources.list')) ?? '')];
  for (const name of await tree.list('etc/apt/sources.list.d')) {
    const parse = name.endsWith('.list')
      ? parseSourcesList
      : name.endsWith('.sources')
        ? parseSourcesFile
        : undefined;
    if (parse) sources.push(...parse((await read(`etc/apt/sources.list.d/${name}`)) ?? ''));
  }
  const lists = new Set(await tree.list(LISTS));
  const origins = new Set<string>();
  for (const source of sources) {
    const file = [`${listPrefix(source)}InRelease`, `${listPrefix(source)}Release`].find((n) => lists.has(n));
    const text = file === undefined ? undefined : await read(`${LISTS}/${file}`, 16 << 20);
    if (text === undefined) continue;
    const release = parseRelease(text);
    for (const component of source.components.length === 0 ? ['.'] : source.components)
      origins.add(originOf(release, component));
  }
  return [...origins].sort(compareCodePoints);
}

const firstLine = (text: string | undefined): string | undefined => {
  const line = text?.split('\n')[0]?.trim();
  return line === undefined || !/^[A-Za-z0-9._+~-]{1,128}$/.test(line) ? undefined : line;
};

/** The architecture most packages have; null where all are independent of it, or none is told. */
export function mainArch(components: readonly Component[]): string | null {
  const counts = new Map<string, number>();
  for (const { arch } of components)
    if (!isArchIndependent(arch) && arch !== '') counts.set(arch, (counts.get(arch) ?? 0) + 1);
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]));
  return best?.[0] ?? null;
}

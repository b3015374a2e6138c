import type { Component } from '../domain/component.ts';
import { streamRelease } from '../domain/releases.ts';
import { rpmOrigins } from '../domain/rpm-origin.ts';
import { compareRpm } from '../domain/version/rpm.ts';
import type { FileTree } from '../ports/file-tree.ts';
import { compareCodePoints } from '../util/sort.ts';
import { enabledRepositories, lockedNames, moduleStreams } from './collected-dnf.ts';
import { mainArch } from './host-root.ts';
import { type Observation, observation, unknownReasonOf } from './observation.ts';
import { parseRpmQa } from './rpm-qa.ts';

/** Packages that are a kernel by themselves; the first that is installed tells. */
const KERNELS = ['kernel-core', 'kernel-uek-core', 'kernel-uek', 'kernel'];

/**
 * A host with an rpm database, from what it sent.
 * @param release values of its os-release
 */
export async function observeRpmHost(
  tree: FileTree,
  release: ReadonlyMap<string, string>,
): Promise<Observation> {
  const read = async (path: string): Promise<string> => new TextDecoder().decode(await tree.read(path));
  const { components, problems } = parseRpmQa(await read('.facts/rpm-qa'), {
    label: `rpm -qa of ${tree.label}`,
  });
  const status = await read('.facts/rpm-status');
  const distro = release.get('ID') ?? '';
  const version = release.get('VERSION_ID') ?? '';
  const arch = (await read('.facts/rpm-arch')).trim() || (mainArch(components) ?? '');
  const named = /^[a-z0-9]+$/.test(distro) && /^[A-Za-z0-9._-]+$/.test(version) && /^[a-z0-9_]+$/.test(arch);
  const stream = named ? `${distro}:${streamRelease(distro, version)}:${arch}` : null;
  const repositories = await enabledRepositories(tree);
  const modules = (await moduleStreams(tree)).filter((m) => m.state === 'enabled');
  const locked = new Set(await lockedNames(tree));
  const kernel = (await read('proc/sys/kernel/osrelease')).trim();
  return observation('rpm-qa', {
    stream,
    components: components.map((c) => (locked.has(c.name) ? { ...c, held: true } : c)),
    origins: [...new Set(rpmOrigins(distro, repositories, modules))].sort(compareCodePoints),
    runningKernel: kernel === '' ? null : kernel,
    rebootRequired: hasNewerKernel(components, kernel),
    // The order of the database is the host's own; equal sets shall have equal texts.
    statusText: status === '' ? null : `${status.trimEnd().split('\n').sort(compareCodePoints).join('\n')}\n`,
    unknown: unknownReasonOf(stream, components),
    problems: components.length === 0 ? [...problems, `${tree.label} names no installed rpm`] : problems,
  });
}

/** True when a kernel is installed that is newer than the one that runs, which must be installed too. */
function hasNewerKernel(components: readonly Component[], running: string): boolean {
  for (const name of KERNELS) {
    const installed = components.filter((c) => c.name === name);
    const now = installed.find((c) => running === `${c.version.replace(/^\d+:/, '')}.${c.arch}`);
    if (now) return installed.some((c) => compareRpm(c.version, now.version) > 0);
  }
  return false;
}

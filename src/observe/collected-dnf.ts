import type { ModuleStream } from '../domain/component.ts';
import type { FileTree } from '../ports/file-tree.ts';
import { compareCodePoints } from '../util/sort.ts';

type Section = readonly [name: string, values: ReadonlyMap<string, string>];

/** Sections of a dnf file, in its order. @see dnf.conf(5) */
function parseSections(text: string): readonly Section[] {
  const sections: [string, Map<string, string>][] = [];
  for (const line of text.split('\n')) {
    const section = /^\[([^\]]{1,200})\]\s*$/.exec(line)?.[1];
    if (section !== undefined) sections.push([section, new Map()]);
    const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) sections.at(-1)?.[1].set(key, value);
  }
  return sections;
}

const YES = /^(1|yes|true|on)$/i;

async function filesOf(tree: FileTree, dir: string, suffix: string): Promise<readonly string[]> {
  const names = (await tree.list(dir)).filter((n) => n.endsWith(suffix));
  return Promise.all(
    names.map(async (n) => new TextDecoder().decode(await tree.read(`${dir}/${n}`, { maxBytes: 1 << 20 }))),
  );
}

/** Ids of the repositories that dnf uses, sorted. A repository counts as enabled unless it says otherwise. */
export async function enabledRepositories(tree: FileTree): Promise<readonly string[]> {
  const sections = (await filesOf(tree, 'etc/yum.repos.d', '.repo')).flatMap(parseSections);
  const ids = sections.filter(([, v]) => YES.test(v.get('enabled') ?? '1')).map(([id]) => id);
  return [...new Set(ids)].filter((id) => id !== 'main').sort(compareCodePoints);
}

/** States of modules, by name. @see dnf(8) "Module Command" */
export async function moduleStreams(tree: FileTree): Promise<readonly ModuleStream[]> {
  const sections = (await filesOf(tree, 'etc/dnf/modules.d', '.module')).flatMap(parseSections);
  const states = sections.map(([section, values]): ModuleStream => {
    const state = values.get('state') ?? '';
    return {
      name: values.get('name') ?? section,
      stream: values.get('stream') ?? '',
      state: state === 'enabled' || state === 'disabled' ? state : 'default',
    };
  });
  return states.sort((a, b) => compareCodePoints(a.name, b.name));
}

/** Lines of the lists of dnf's and yum's versionlock plugins, without comments. */
export async function versionLocks(tree: FileTree): Promise<readonly string[]> {
  const lists = [
    ...(await filesOf(tree, 'etc/dnf/plugins', 'versionlock.list')),
    ...(await filesOf(tree, 'etc/yum/pluginconf.d', 'versionlock.list')),
  ];
  const lines = lists
    .flatMap((text) => text.split('\n'))
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('#'));
  return [...new Set(lines)].sort(compareCodePoints);
}

/** Names of packages that a versionlock keeps at a version; `!` lines keep a version away and hold nothing. */
export async function lockedNames(tree: FileTree): Promise<readonly string[]> {
  return (await versionLocks(tree)).flatMap((line) => {
    const name = /^(?:\d+:)?(.+?)-(?:\d+:)?[^-\s]+-[^-\s]+$/.exec(line)?.[1];
    return line.startsWith('!') || name === undefined ? [] : [name];
  });
}

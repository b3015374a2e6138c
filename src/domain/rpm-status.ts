import type { Relation } from './rpm-relations.ts';

/**
 * Arguments of rpm that print the installed packages with what they give and need: what `parseRpmStatus` reads, and what a
 * solver must know of a component set. One line a package, fields separated by tabs, relations by `|`.
 */
export const RPM_STATUS_QUERY: readonly string[] = [
  '-qa',
  '--qf',
  '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t[%{PROVIDENAME} %{PROVIDEFLAGS:depflags} %{PROVIDEVERSION}|]\\t[%{REQUIRENAME} %{REQUIREFLAGS:depflags} %{REQUIREVERSION}|]\\n',
];

/** One installed package as a solver must know it. */
export interface RpmStatusPackage {
  readonly name: string;
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
  readonly provides: readonly Relation[];
  readonly requires: readonly Relation[];
}

const LINE =
  /^([\w.+-]{1,255})\t(\d{1,9})\t([^\s-]{1,200})\t([^\s-]{1,200})\t([a-z0-9_]{1,32})\t([^\t]*)\t([^\t]*)$/;

/** Reads what {@link RPM_STATUS_QUERY} printed; keys and lines of another shape are left out. */
export function parseRpmStatus(text: string): readonly RpmStatusPackage[] {
  return text.split('\n').flatMap((line) => {
    const [, name, epoch, version, release, arch, provides = '', requires = ''] = LINE.exec(line) ?? [];
    if (!name || !epoch || !version || !release || !arch || name === 'gpg-pubkey') return [];
    const own = { name, epoch: Number(epoch), version, release, arch };
    return [{ ...own, provides: relations(provides), requires: relations(requires) }];
  });
}

function relations(text: string): readonly Relation[] {
  return text.split('|').flatMap((part): readonly Relation[] => {
    const [, name, operator, evr] = /^(\S+) +(<=|>=|=|<|>) +(\S+)$/.exec(part.trim()) ?? [];
    if (name && operator && evr) return [{ name, operator: operator as Relation['operator'], evr }];
    const bare = part.trim();
    return bare === '' ? [] : [{ name: bare, operator: null, evr: null }];
  });
}

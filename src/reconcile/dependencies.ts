import { relationsOf } from '../domain/rpm-relations.ts';

/** Names that a stanza's dependency fields mention, alternatives included, or capabilities that an rpm needs. @see Debian Policy 7.1 */
export function dependencyNames(stanza: string): readonly string[] {
  if (stanza.startsWith('<package')) return relationsOf(stanza).requires.map((r) => r.name);
  const names = new Set<string>();
  for (const line of stanza.split('\n')) {
    const value = /^(?:Pre-Depends|Depends):(.*)$/.exec(line)?.[1];
    if (value === undefined) continue;
    for (const part of value.split(/[,|]/)) {
      const name = /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(part)?.[1];
      if (name) names.add(name);
    }
  }
  return [...names];
}

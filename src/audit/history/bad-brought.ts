import type { ChangeInput } from '../../contracts/generated/change-input.ts';
import type { HaltEvidence } from '../../contracts/generated/evidence-entry.ts';
import { haltedVersions, isBadEntry } from '../../domain/halt.ts';
import { parseLockKey } from '../../domain/purl.ts';
import type { Git } from '../../ports/git.ts';
import { sortedBy } from '../../util/sort.ts';
import type { Content } from './content.ts';
import { readDocument } from './read-document.ts';

/**
 * The package versions among those that a change brings which may be in no lock: held at the commit it lands on, or halted.
 * What cannot be read there is refused elsewhere; here it holds nothing.
 */
export async function badBrought(
  git: Pick<Git, 'listTree' | 'readObjects'>,
  base: string,
  { brought }: Pick<Content, 'brought'>,
  halts: readonly HaltEvidence[],
): Promise<ChangeInput['proposal']['bad']> {
  if (brought.length === 0) return [];
  const paths = (await git.listTree(base, 'holds/')).map((f) => f.path);
  const bytes = await git.readObjects(paths.map((path) => `${base}:${path}`));
  const holds = paths.flatMap((path, i) => readDocument(bytes[i], path, 'Hold') ?? []);
  const forbidden = [
    ...holds.map((hold) => ({ bad: hold, by: 'hold' as const, id: hold.id })),
    ...haltedVersions(halts).map((bad) => ({ bad, by: 'halt' as const, id: bad.halt.id })),
  ];
  return sortedBy(
    brought.flatMap(({ key, version }) =>
      forbidden
        .filter(({ bad }) => isBadEntry(bad, key, version))
        .map(({ by, id }) => ({ package: parseLockKey(key)?.name ?? key, version, by, id })),
    ),
    (b) => b.package,
    (b) => b.version,
    (b) => b.id,
  );
}

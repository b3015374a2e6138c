import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { ChangeInput } from '../../contracts/generated/change-input.ts';
import type { ExceptionVersion } from '../../domain/acceptance.ts';
import { coverageLosses } from '../../domain/coverage.ts';
import { type ChangedDocument, differencesOf, hasDifferences } from '../../domain/differences/differences.ts';
import { grantedExceptions, grantsExceptions } from '../../domain/granted-exceptions.ts';
import type { Git } from '../../ports/git.ts';
import type { Content } from './content.ts';
import { readDocument } from './read-document.ts';

/** What a change of documents means, recomputed from Git objects alone: no fleet, no clock, the same for ever. */
export type Meaning = Pick<ChangeInput['proposal'], 'differences' | 'exceptions' | 'coverage'>;

type MeaningGit = Pick<Git, 'readObjects' | 'listTree' | 'versionsBelow'>;
type Path = Content['paths'][number];

/**
 * @param base commit it lands on
 * @param tree commit or tree that would be there afterwards
 */
export async function meaningOf(
  git: MeaningGit,
  base: string,
  tree: string,
  paths: Content['paths'],
): Promise<Meaning> {
  const documents = await changedDocuments(git, base, tree, paths);
  const differences = documents.flatMap(differencesOf);
  return {
    differences,
    exceptions: grantsExceptions(differences)
      ? [...grantedExceptions(differences, exceptionsIn(documents), await pastExceptions(git, base))]
      : [],
    coverage: paths.some((p) => p.class === 'baseline')
      ? [...coverageLosses(await baselinesAt(git, base), await baselinesAt(git, tree))]
      : [],
  };
}

async function changedDocuments(
  git: MeaningGit,
  base: string,
  tree: string,
  paths: Content['paths'],
): Promise<readonly ChangedDocument[]> {
  const changed = paths.filter((p) => hasDifferences(p.class));
  const [before, after] = await Promise.all(
    [base, tree].map((at) => git.readObjects(changed.map((p) => `${at}:${p.path}`))),
  );
  return changed.map((p, i) => ({
    document: p.path,
    class: p.class,
    before: parsed(before?.[i], p),
    after: parsed(after?.[i], p),
  }));
}

/** null: there is none; undefined: nobody can read it. */
function parsed(bytes: Uint8Array | undefined, { path, class: of }: Path): unknown {
  if (!bytes) return null;
  switch (of) {
    case 'baseline':
      return readDocument(bytes, path, 'Baseline') ?? undefined;
    case 'exception':
      return readDocument(bytes, path, 'Exception') ?? undefined;
    case 'hold':
      return readDocument(bytes, path, 'Hold') ?? undefined;
    case 'roles':
      return readDocument(bytes, path, 'Roles') ?? undefined;
    case 'config':
      return readDocument(bytes, path, 'Config') ?? undefined;
    case 'signers':
      return Buffer.from(bytes).toString('utf8').split('\n');
    default:
      return Buffer.from(bytes).toString('utf8');
  }
}

const exceptionsIn = (documents: readonly ChangedDocument[]): readonly ExceptionVersion[] =>
  documents.flatMap(({ document, class: of, after }) =>
    of === 'exception' && after ? [{ document, value: after as ExceptionVersion['value'] }] : [],
  );

async function pastExceptions(git: MeaningGit, base: string): Promise<readonly ExceptionVersion[]> {
  const versions = await git.versionsBelow(base, 'exceptions/');
  const bytes = await git.readObjects(versions.map((v) => v.blob));
  return versions.flatMap(({ path }, i) => {
    const value = readDocument(bytes[i], path, 'Exception');
    return value ? [{ document: path, value }] : [];
  });
}

/** What cannot be read governs nothing. */
async function baselinesAt(git: MeaningGit, at: string): Promise<readonly Baseline[]> {
  const paths = (await git.listTree(at, 'baselines/')).map((f) => f.path);
  const bytes = await git.readObjects(paths.map((path) => `${at}:${path}`));
  return paths.flatMap((path, i) => readDocument(bytes[i], path, 'Baseline') ?? []);
}

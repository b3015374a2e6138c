import { quote } from '../../util/printable.ts';
import { at, type LoadedTree, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** Keys of exceptions that say nothing where they stand. */
export const checkExceptions = (tree: LoadedTree): Problem[] =>
  ofKind(tree, 'Exception').flatMap((doc) => {
    const { id, decision, justification } = doc.value;
    return justification === undefined || decision === 'false-positive'
      ? []
      : [
          at(
            doc,
            '/justification',
            'ambiguous',
            `the justification of the exception ${quote(id)} says why nothing is affected, but its decision is ${decision}; remove it or make it a false positive`,
          ),
        ];
  });

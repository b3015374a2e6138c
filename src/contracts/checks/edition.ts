import { at, type LoadedTree, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** Change rules that came after this edition judge only repositories that ask for them. */
const NEWEST_EDITION = 2;

/** A repository that newer change rules do not judge yet: legal, since the past must keep its verdict, and worth a word. */
export function checkEdition(tree: LoadedTree): Problem[] {
  return ofKind(tree, 'Roles').flatMap((doc) => {
    const { edition = 1 } = doc.value.approvals ?? {};
    return edition < NEWEST_EDITION
      ? [
          at(
            doc,
            doc.value.approvals ? '/approvals' : '',
            'ambiguous',
            `changes are judged by edition ${edition} of the change rules, without those that came later; write "edition": ${NEWEST_EDITION} in "approvals"`,
          ),
        ]
      : [];
  });
}

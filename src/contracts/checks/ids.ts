import { quote } from '../../util/printable.ts';
import { at, type LoadedTree, type Located, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

interface Listed {
  readonly id: string;
}

/** Ids that must be unique inside one document: rules, rings, windows, people, sources. */
export function checkIds(tree: LoadedTree): Problem[] {
  return [
    ...ofKind(tree, 'Baseline').flatMap((doc) => [
      // One name space: a status names the rule that caused it, whatever list it is in.
      ...twice(doc, 'rule', [
        ['/approve', doc.value.approve],
        ['/reject', doc.value.reject ?? []],
        ['/deadlines', doc.value.deadlines],
      ]),
      ...twice(doc, 'ring', [['/rings', doc.value.rings]]),
    ]),
    ...ofKind(tree, 'Calendar').flatMap((doc) => [
      ...twice(doc, 'window', [['/windows', doc.value.windows]]),
      ...twice(doc, 'freeze', [['/freezes', doc.value.freezes ?? []]]),
    ]),
    ...ofKind(tree, 'Roles').flatMap((doc) => twice(doc, 'person', [['/people', doc.value.people]])),
    ...ofKind(tree, 'Config').flatMap((doc) => [
      ...twice(doc, 'asset', [['/fleet/sources', doc.value.fleet.sources]]),
      ...twice(doc, 'package source', [['/packages/sources', doc.value.packages.sources]]),
      ...twice(doc, 'driver of', [
        ['/drivers', (doc.value.drivers ?? []).map((d) => ({ id: d.kind === 'root' ? d.asset : d.source }))],
      ]),
    ]),
  ];
}

function twice(
  doc: Located,
  what: string,
  lists: readonly (readonly [string, readonly Listed[]])[],
): Problem[] {
  const lines = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [pointer, list] of lists) {
    for (const [i, item] of list.entries()) {
      const where = `${pointer}/${i}`;
      const first = lines.get(item.id);
      if (first === undefined) lines.set(item.id, doc.parsed.locate(where).line);
      else
        problems.push(
          at(
            doc,
            where,
            'duplicate-id',
            `the ${what} ${quote(item.id)} is there already, in line ${first}; give this one another id`,
          ),
        );
    }
  }
  return problems;
}

import { asArray, asObject, asString } from '../../util/json-data.ts';
import { shortText } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 40;

/**
 * What the product ids of a CSAF document stand for: a purl, a CPE or the name, and `<component> in <product>` where one
 * is a part of another.
 * @see https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html (section 3.2.2, product tree), and 2.1
 */
export function productNames(document: Json): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const tree = asObject(document.product_tree);
  for (const product of asArray(tree?.full_product_names)) take(names, asObject(product));
  walk(names, tree?.branches, 0);
  for (const item of asArray(tree?.relationships)) {
    const relation = asObject(item);
    const full = asObject(relation?.full_product_name);
    const id = asString(full?.product_id);
    const [part, whole] = [relation?.product_reference, relation?.relates_to_product_reference].map((ref) =>
      typeof ref === 'string' ? names.get(ref) : undefined,
    );
    if (id === undefined) continue;
    if (part !== undefined && whole !== undefined) names.set(id, shortText(`${part} in ${whole}`));
    else take(names, full);
  }
  // The form of version 2.1.
  for (const item of asArray(tree?.product_paths)) {
    const path = asObject(item);
    const full = asObject(path?.full_product_name);
    const id = asString(full?.product_id);
    const steps = [
      path?.beginning_product_reference,
      ...asArray(path?.subpaths).map((s) => asObject(s)?.next_product_reference),
    ].map((ref) => (typeof ref === 'string' ? names.get(ref) : undefined));
    if (id === undefined) continue;
    if (steps.length > 1 && !steps.includes(undefined)) names.set(id, shortText(steps.join(' in ')));
    else take(names, full);
  }
  return names;
}

/** Ids of the members of each group. */
export function productGroups(document: Json): ReadonlyMap<string, readonly string[]> {
  return new Map(
    asArray(asObject(document.product_tree)?.product_groups).flatMap((item) => {
      const group = asObject(item);
      const id = asString(group?.group_id);
      const members = asArray(group?.product_ids).filter((p): p is string => typeof p === 'string');
      return id === undefined ? [] : [[id, members] as const];
    }),
  );
}

function walk(names: Map<string, string>, branches: unknown, depth: number): void {
  if (depth > MAX_DEPTH) return;
  for (const item of asArray(branches)) {
    const branch = asObject(item);
    take(names, asObject(branch?.product));
    walk(names, branch?.branches, depth + 1);
  }
}

function take(names: Map<string, string>, product: Json | undefined): void {
  const id = asString(product?.product_id);
  if (id === undefined) return;
  const helper = asObject(product?.product_identification_helper);
  const [purl] = [helper?.purl, ...asArray(helper?.purls)].filter((p) => typeof p === 'string');
  names.set(id, shortText(purl ?? asString(helper?.cpe) ?? asString(product?.name) ?? id));
}

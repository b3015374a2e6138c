import type { Exception } from '../contracts/generated/exception.ts';

type Match = Exception['match'];

/** Whether one match covers nothing that another does not: every key narrows, and versions are not compared. */
export function matchWithin(narrow: Match, wide: Match): boolean {
  const { advisories, component } = wide;
  const fewer = !advisories || narrow.advisories?.every((a) => advisories.includes(a));
  const same =
    !component ||
    (narrow.component?.name === component.name &&
      (component.before === undefined || component.before === narrow.component.before));
  return fewer === true && same;
}

import { calendarPath } from '../../domain/document-paths.ts';
import { nearest } from '../../util/edit-distance.ts';
import { quote } from '../../util/printable.ts';
import { at, type LoadedTree, type Located, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** Names that lead to other documents: owners, members, calendars, assets of drivers. */
export function checkReferences(tree: LoadedTree): Problem[] {
  return [...checkOwners(tree), ...checkCalendars(tree), ...checkDrivers(tree)];
}

function checkOwners(tree: LoadedTree): Problem[] {
  const roles = ofKind(tree, 'Roles')[0];
  if (!roles) return []; // Reported by itself; every owner would only repeat it.
  const { people } = roles.value;
  const known = [
    ...people.map((p) => `person:${p.id}`),
    ...new Set(people.flatMap((p) => p.teams ?? []).map((t) => `team:${t}`)),
  ];
  const check = (doc: Located, pointer: string, name: string): Problem[] => {
    if (known.includes(name)) return [];
    const meant = nearest(name, known);
    const what = name.startsWith('team:')
      ? 'no person of roles.json is in it'
      : 'no such person is in roles.json';
    const help = meant ? `did you mean ${meant}?` : 'add it there or name another';
    return [at(doc, pointer, 'unknown-reference', `${quote(name)} is nobody: ${what}; ${help}`)];
  };
  return [
    ...(['Baseline', 'Exception', 'Hold'] as const).flatMap((kind) =>
      ofKind(tree, kind).flatMap((doc) => check(doc, '/owner', doc.value.owner)),
    ),
    ...Object.entries(roles.value.roles).flatMap(([role, members]) =>
      members.flatMap((member, i) => check(roles, `/roles/${role}/${i}`, member)),
    ),
  ];
}

function checkCalendars(tree: LoadedTree): Problem[] {
  const check = (doc: Located, pointer: string, calendar: string | undefined): Problem[] =>
    calendar === undefined || tree.paths.has(calendarPath(calendar))
      ? []
      : [
          at(
            doc,
            pointer,
            'unknown-reference',
            `the calendar ${quote(calendar)} does not exist; add ${calendarPath(calendar)} or name another`,
          ),
        ];
  return [
    ...ofKind(tree, 'Baseline').flatMap((doc) => check(doc, '/calendar', doc.value.calendar)),
    ...ofKind(tree, 'Config').flatMap((doc) => check(doc, '/limits/calendar', doc.value.limits?.calendar)),
  ];
}

function checkDrivers(tree: LoadedTree): Problem[] {
  return ofKind(tree, 'Config').flatMap((doc) => {
    const { sources } = doc.value.fleet;
    const of = (ssh: boolean) => sources.filter((s) => (s.kind === 'ssh') === ssh).map((s) => s.id);
    return (doc.value.drivers ?? []).flatMap((driver, i) => {
      const [known, name, key, what] =
        driver.kind === 'root'
          ? [of(false), driver.asset, 'asset', 'the asset']
          : [of(true), driver.source, 'source', 'the ssh source'];
      return known.includes(name)
        ? []
        : [
            at(
              doc,
              `/drivers/${i}/${key}`,
              'unknown-reference',
              `the driver names ${what} ${quote(name)}, which no fleet source observes; add the source or correct the name`,
            ),
          ];
    });
  });
}

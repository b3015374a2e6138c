import type { Roles } from '../contracts/generated/roles.ts';

type RoleName = 'author' | 'approver' | 'merger' | 'operator' | 'auditor';
const ROLE_NAMES = [
  'author',
  'approver',
  'merger',
  'operator',
  'auditor',
] as const satisfies readonly RoleName[];

/** A person as roles.json knows them. All principals of one person are that one person. */
export interface Person {
  readonly id: string;
  readonly teams: readonly string[];
  readonly roles: readonly RoleName[];
}

/** Who stands behind a principal: `bot`, a person, or nobody known. */
export function personOf(roles: Roles, principal: string): Person | 'bot' | undefined {
  return who(roles, (entry) => entry.principals, principal);
}

/** Who stands behind an account on a forge, `<forge>:<number>`. */
export function personOfAccount(roles: Roles, account: string): Person | 'bot' | undefined {
  return who(roles, (entry) => entry.accounts ?? [], account);
}

type Named = Pick<Roles['people'][number], 'principals' | 'accounts'>;

function who(
  roles: Roles,
  names: (entry: Named) => readonly string[],
  name: string,
): Person | 'bot' | undefined {
  const wanted = name.toLowerCase();
  const has = (entry: Named) => names(entry).some((n) => n.toLowerCase() === wanted);
  if (has(roles.bot)) return 'bot';
  const person = roles.people.find(has);
  if (!person) return undefined;
  const teams = [...(person.teams ?? [])];
  const member = (role: RoleName) =>
    (roles.roles[role] ?? []).some(
      (m) => m === `person:${person.id}` || teams.some((t) => m === `team:${t}`),
    );
  return { id: person.id, teams, roles: ROLE_NAMES.filter(member) };
}

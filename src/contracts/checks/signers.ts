import { quote } from '../../util/printable.ts';
import { parseAllowedSigners, type SignerLine } from '../allowed-signers.ts';
import { at, type Loaded, type LoadedTree, ofKind } from '../loaded.ts';
import { type Problem, problem } from '../problem.ts';

/** People, principals and keys: each principal and each key stands for exactly one person, or for the bot. */
export function checkSigners(tree: LoadedTree): Problem[] {
  const roles = ofKind(tree, 'Roles')[0];
  const people = roles ? checkPrincipals(roles) : [];
  if (!tree.signers) return people;
  const { path } = tree.signers;
  const { lines, faults } = parseAllowedSigners(tree.signers.text);
  const broken = faults.map((f) => problem(path, { line: f.line, column: 1 }, 'bad-signers', f.message));
  if (!roles) return [...people, ...broken];
  return [
    ...people,
    ...broken,
    ...checkKeys(path, lines, roles),
    // With unreadable lines a principal may only seem to have no key.
    ...(faults.length > 0 ? [] : missingKeys(lines, roles)),
  ];
}

interface Claim {
  readonly principal: string;
  readonly owner: string;
  readonly pointer: string;
}

function claims(roles: Loaded<'Roles'>): readonly Claim[] {
  const claim = (owner: string, pointer: string, principals: readonly string[]) =>
    principals.map((principal, i) => ({ principal, owner, pointer: `${pointer}/principals/${i}` }));
  return [
    ...claim('the bot', '/bot', roles.value.bot.principals),
    ...roles.value.people.flatMap((p, i) => claim(p.id, `/people/${i}`, p.principals)),
  ];
}

/** Principals are compared without letter case, as everywhere. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function checkPrincipals(roles: Loaded<'Roles'>): Problem[] {
  const all = claims(roles);
  return all.flatMap((claim, i) => {
    const other = all.slice(0, i).find((o) => same(o.principal, claim.principal));
    if (!other) return [];
    return [
      at(
        roles,
        claim.pointer,
        'duplicate-id',
        `the principal ${quote(claim.principal)} belongs to ${quote(other.owner)} already; a principal stands for one person`,
      ),
    ];
  });
}

function checkKeys(path: string, lines: readonly SignerLine[], roles: Loaded<'Roles'>): Problem[] {
  const all = claims(roles);
  const ownerOf = (principal: string) => all.find((c) => same(c.principal, principal))?.owner;
  const owners = new Map<string, string>();
  return lines.flatMap((line) => {
    const report = (message: string) => [
      problem(path, { line: line.line, column: 1 }, 'bad-signers', message),
    ];
    const problems: Problem[] = [];
    for (const principal of line.principals) {
      const owner = ownerOf(principal);
      if (owner === undefined) {
        problems.push(
          ...report(
            `the principal ${quote(principal)} is nobody in roles.json; add the person there or remove the line`,
          ),
        );
        continue;
      }
      const other = owners.get(line.key);
      if (other !== undefined && other !== owner)
        problems.push(
          ...report(
            `one key stands for two: ${quote(other)} and ${quote(owner)}; each needs a key of their own`,
          ),
        );
      owners.set(line.key, other ?? owner);
    }
    return problems;
  });
}

function missingKeys(lines: readonly SignerLine[], roles: Loaded<'Roles'>): Problem[] {
  const known = lines.flatMap((l) => l.principals);
  return claims(roles).flatMap((claim) =>
    known.some((k) => same(k, claim.principal))
      ? []
      : [
          at(
            roles,
            claim.pointer,
            'bad-signers',
            `the principal ${quote(claim.principal)} has no key in allowed-signers; add its line there`,
          ),
        ],
  );
}

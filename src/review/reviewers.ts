import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Roles } from '../contracts/generated/roles.ts';
import type { Proposal } from '../domain/proposal.ts';
import { personOf } from '../domain/roles.ts';
import { sha256Hex } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';

/** As few as can be: two by default, more only where more must approve. */
const USUAL = 2;

type Asking = Pick<Proposal, 'kind' | 'scope' | 'owner' | 'contentDigest'>;
type Approver = Roles['people'][number] & { readonly account: string };

/**
 * Whom to ask for a review, as accounts `<forge>:<number>`: approvers who have an account there, those of the owner's team
 * first, then in an order that the content decides, so that it is not always the same people. The first two are of two
 * teams where that is needed. Nobody for a ring that merges by itself.
 */
export function reviewersFor(
  proposal: Asking,
  { roles, baselines }: { readonly roles: Roles; readonly baselines: readonly Baseline[] },
  forge: string,
): readonly string[] {
  if (mergesItself(proposal, baselines)) return [];
  const team = proposal.owner?.replace(/^team:/, '');
  const able = sortedBy(
    approvers(roles, forge),
    (p) => ((p.teams ?? []).some((t) => t === team) ? '0' : '1'),
    (p) => sha256Hex(`${proposal.contentDigest} ${p.id}`),
  );
  const count = Math.max(USUAL, roles.approvals?.required ?? 1);
  const [first, ...rest] = able;
  if (first === undefined) return [];
  const isOther = (p: Approver): boolean => (p.teams ?? []).some((t) => !(first.teams ?? []).includes(t));
  const other = proposal.kind === 'expedited' ? rest.find(isOther) : undefined;
  const order = other ? [first, other, ...rest.filter((p) => p !== other)] : able;
  return order.slice(0, count).map((p) => p.account);
}

function approvers(roles: Roles, forge: string): readonly Approver[] {
  return roles.people.flatMap((p) => {
    const person = personOf(roles, p.principals[0] ?? '');
    const account = p.accounts?.find((a) => a.startsWith(`${forge}:`));
    const may = person !== undefined && person !== 'bot' && person.roles.includes('approver');
    return may && account !== undefined ? [{ ...p, account }] : [];
  });
}

function mergesItself({ kind, scope }: Asking, baselines: readonly Baseline[]): boolean {
  if (kind !== 'remediate' && kind !== 'promote') return false;
  const [baseline, ring] = scope.split('/');
  const found = baselines.find((b) => b.id === baseline)?.rings.find((r) => r.id === ring);
  return found?.merge === 'auto';
}

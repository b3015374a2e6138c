import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Roles } from '../contracts/generated/roles.ts';
import { type Person, personOf, personOfAccount } from '../domain/roles.ts';
import type { Asker, Forge, PullRequest } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';

/** An open pull request that somebody who may do so wants in the expedited lane. */
export interface ExpediteAsk {
  readonly pull: PullRequest;
  /** Id of the person. */
  readonly person: string;
}

export interface ExpediteRefusal {
  readonly pull: PullRequest;
  /** Whoever asked, as far as it is known: what was said to one is said again to another. */
  readonly who: string;
  readonly why: string;
}

interface AskDeps {
  readonly forge: Pick<Forge, 'asker'>;
  readonly git: Pick<Git, 'verifyCommit'>;
  readonly roles: Roles;
  readonly baselines: readonly Pick<Baseline, 'id' | 'rings'>[];
  /** Text of allowed-signers at the verified head. */
  readonly allowedSigners: string;
}

const KINDS: readonly PullRequest['kind'][] = ['remediate', 'promote'];

/** Who asked for the expedited lane with a label, and who may not. Nobody is asked about a pull request without it. */
export async function expediteAsks(
  deps: AskDeps,
  pulls: readonly PullRequest[],
): Promise<{ readonly granted: readonly ExpediteAsk[]; readonly refused: readonly ExpediteRefusal[] }> {
  const granted: ExpediteAsk[] = [];
  const refused: ExpediteRefusal[] = [];
  for (const pull of pulls) {
    if (!pull.asks.includes('expedite') || pull.foreign || pull.kind === 'manual') continue;
    const asker = await deps.forge.asker?.(pull.number, 'expedite');
    const who = asker === undefined ? 'nobody' : 'account' in asker ? asker.account : asker.commit;
    const person = asker && (await personBehind(deps, asker));
    const why = cannot(pull, deps.baselines) ?? mayNot(person, who);
    if (why === null && person !== undefined && person !== 'bot') granted.push({ pull, person: person.id });
    else refused.push({ pull, who, why: why ?? '' });
  }
  return { granted, refused };
}

async function personBehind(
  { git, roles, allowedSigners }: AskDeps,
  asker: Asker,
): Promise<Person | 'bot' | undefined> {
  if ('account' in asker) return personOfAccount(roles, asker.account);
  const signature = await git.verifyCommit(asker.commit, allowedSigners);
  return signature.valid ? personOf(roles, signature.principal) : undefined;
}

/** Why a pull request cannot go by that lane; null: it can. */
function cannot({ kind, scope }: PullRequest, baselines: AskDeps['baselines']): string | null {
  if (!KINDS.includes(kind)) return 'only patches and promotions can go by the expedited lane';
  const baseline = baselines.find((b) => b.id === scope.split('/')[0]);
  return (baseline?.rings.length ?? 0) > 1 ? null : 'its baseline has one ring, which needs no other lane';
}

/** Why somebody may not ask; null: may. */
function mayNot(person: Person | 'bot' | undefined, who: string): string | null {
  if (person === 'bot') return 'the bot cannot ask for it';
  if (person === undefined)
    return who === 'nobody'
      ? 'the forge does not say who set the label'
      : `${who} is nobody in roles.json, or its signature does not verify`;
  if (!person.roles.includes('operator')) return `${person.id} does not have the role operator`;
  return person.teams.length > 0 ? null : `${person.id} is in no team of roles.json`;
}

/** What to tell somebody who may not. */
export const expediteRefusal = ({ why }: Pick<ExpediteRefusal, 'why'>): string =>
  `The label \`patchwarden/expedite\` does not count here: ${why}. ` +
  'It counts when an operator sets it who is in a team of `roles.json`; take it off, and have such a person set it.';

import type { Config } from '../../contracts/generated/config.ts';
import type { Roles } from '../../contracts/generated/roles.ts';
import { type DoctorCheck, failed, fine, unanswered, untold, warned } from '../../domain/doctor.ts';
import { personOfAccount } from '../../domain/roles.ts';
import { addDays, dayOf, type Instant } from '../../domain/time.ts';
import type { ForgeFacts, Inspection, Told } from '../../ports/forge-inspector.ts';
import { judgeBase, judgeEvidence } from './branches.ts';
import { judgeGrants } from './grants.ts';
import { NOTICE_DAYS } from './signers.ts';

export interface ForgeSetUp {
  readonly kind: 'github' | 'gitea';
  readonly roles: Roles;
  readonly config: Pick<Config, 'disclose' | 'branch'>;
  readonly now: Instant;
  /** Whether a baseline has a ring with `merge: auto`. */
  readonly autoRings: boolean;
}

/** What the set-up of a forge with pages means for what lands there. */
export function judgeForge(inspection: Inspection, setUp: ForgeSetUp): readonly DoctorCheck[] {
  switch (inspection.kind) {
    case 'silent':
      return [
        failed(
          'forge-answers',
          `the forge could not be asked: ${inspection.why}`,
          'see that it is up and that forge.baseUrl in patchwarden.json is right, and run doctor again',
        ),
      ];
    case 'refused':
      return [tokenRefused(inspection.why)];
    case 'asked':
      return judgeFacts(inspection.facts, setUp);
    default:
      return inspection satisfies never;
  }
}

const tokenRefused = (why: string): DoctorCheck =>
  failed(
    'forge-token',
    `the forge does not take the token: ${why}`,
    'make a new token for the account of the bot; this one is wrong, revoked or has expired',
  );

/** The secrets that the configuration asks for are not there. */
export const tokenMissing = (why: string): DoctorCheck =>
  failed('forge-token', why, 'give the token or key of the bot to the process that runs Patchwarden');

function judgeFacts(facts: ForgeFacts, setUp: ForgeSetUp): readonly DoctorCheck[] {
  const { roles, kind, config } = setUp;
  return [
    fine('forge-answers', 'the forge answers and takes the token'),
    account(facts.account, roles, kind),
    judgeGrants(facts),
    expiry(facts.expiresAt, setUp.now),
    accounts(roles, kind),
    repository(facts.repository, config.disclose),
    ...judgeBase(facts.base, {
      ...{ branch: config.branch ?? 'main', approvals: roles.approvals?.required ?? 1 },
      ...{ autoRings: setUp.autoRings, autoMerge: facts.autoMerge },
    }),
    ...judgeEvidence(facts.evidence),
    warned(
      'state-refs',
      'no forge protects references below refs/patchwarden/ (lease, stops): who may push can delete them',
      'let only the bot and operators push to this repository; a stop that was entered in the log stays in force',
    ),
  ];
}

function account(asked: ForgeFacts['account'], roles: Roles, kind: string): DoctorCheck {
  const remedy = 'add the number of its account to bot.accounts in roles.json, or use the token of the bot';
  if ('why' in asked) return unasked('forge-account', 'whose token it is', asked, remedy);
  const { login, account: id } = asked.value;
  const who = personOfAccount(roles, id);
  if (who === 'bot') return fine('forge-account', `the token is that of the bot: ${login} (${id})`);
  return failed(
    'forge-account',
    who === undefined
      ? `the token is that of ${login}, and roles.json knows no ${id}: its exports would not be believed`
      : `the token is that of ${login}, who is ${who.id} in roles.json: what the bot does would be theirs`,
    kind === 'github' ? `${remedy}; a GitHub App is the best account` : remedy,
  );
}

function expiry(at: Instant | null, now: Instant): DoctorCheck {
  if (at === null) return fine('token-expiry', 'no end of the token is told');
  return dayOf(at) <= addDays(dayOf(now), NOTICE_DAYS)
    ? warned('token-expiry', `the token ends at ${at}`, 'make the next one now; nothing runs after that time')
    : fine('token-expiry', `the token ends at ${at}`);
}

function accounts(roles: Roles, kind: string): DoctorCheck {
  const isApprover = (p: Roles['people'][number]): boolean =>
    (roles.roles.approver ?? []).some(
      (m) => m === `person:${p.id}` || (p.teams ?? []).some((t) => m === `team:${t}`),
    );
  const approvers = roles.people.filter(isApprover);
  const has = (p: (typeof approvers)[number]): boolean =>
    (p.accounts ?? []).some((a) => a.startsWith(`${kind}:`));
  const without = approvers.filter((p) => !has(p)).map((p) => p.id);
  const able = approvers.length - without.length;
  const remedy = `add ${kind}:<number> to "accounts" of each in roles.json, through a pull request`;
  if (without.length === 0) return fine('approver-accounts', 'each approver has an account on the forge');
  const sentence = `${without.join(', ')} may approve and have no account on ${kind}: their reviews count nothing`;
  return able < (roles.approvals?.required ?? 1)
    ? failed('approver-accounts', sentence, remedy)
    : warned('approver-accounts', sentence, remedy);
}

function repository(asked: ForgeFacts['repository'], disclose: Config['disclose']): DoctorCheck {
  const code = 'repository-public';
  if ('why' in asked)
    return unasked(
      code,
      'whether the repository is public',
      asked,
      'give the token access to the repository (GitHub: metadata read; Gitea: read:repository)',
    );
  if (!asked.value.public) return fine(code, 'the repository is private');
  return disclose === 'names'
    ? failed(
        code,
        'the repository is public, and "disclose": "names" tells everybody which hosts lack patches',
        'make the repository private, or take "disclose" out of patchwarden.json',
      )
    : warned(
        code,
        'the repository is public: everybody can read what is patched late',
        'make the repository private; keep "disclose" at counts and the state out of the repository',
      );
}

/** What could not be asked, in the words of who did not answer. */
function unasked(
  code: DoctorCheck['code'],
  what: string,
  { why, because }: Extract<Told<unknown>, { readonly why: string }>,
  remedy: string,
): DoctorCheck {
  const sentence = `${what} is not known: ${why}`;
  return because === 'not-told' ? untold(code, sentence, remedy) : unanswered(code, sentence, remedy);
}

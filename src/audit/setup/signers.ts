import type { SignerLine } from '../../contracts/allowed-signers.ts';
import type { Roles } from '../../contracts/generated/roles.ts';
import { type DoctorCheck, failed, fine, untold, warned } from '../../domain/doctor.ts';
import { type Person, personOf } from '../../domain/roles.ts';
import { addDays, dayOf, type Instant } from '../../domain/time.ts';
import { sortedBy } from '../../util/sort.ts';

export interface SignerFacts {
  readonly roles: Roles;
  readonly lines: readonly SignerLine[];
  readonly now: Instant;
}

/** Days before the end of a key or token from which it is worth a word. */
export const NOTICE_DAYS = 30;

/** Whether everybody who has something to do can sign it, and nobody can sign as somebody else. */
export function judgeSigners({ roles, lines, now }: SignerFacts): readonly DoctorCheck[] {
  const usable = lines.filter((l) => isUsable(l, now));
  const keysOf = (names: readonly string[], among = usable): readonly SignerLine[] =>
    among.filter((l) => l.principals.some((p) => has(names, p)));
  const acting = roles.people.filter((p) => roleOf(roles, p).roles.length > 0);
  const without = acting.filter((p) => keysOf(p.principals).length === 0).map((p) => p.id);
  const end = addDays(dayOf(now), NOTICE_DAYS);
  const soon = acting.filter(
    (p) =>
      keysOf(p.principals).length > 0 && keysOf(p.principals).every((l) => dayOf(endOf(l) ?? '9999') <= end),
  );
  return [
    without.length === 0
      ? fine('signer-keys', `each of the ${acting.length} people with a role has a key that counts now`)
      : failed(
          'signer-keys',
          `${list(without)} have a role and no key in allowed-signers that counts now`,
          'add a line with the principal and the public key of each, through a pull request',
        ),
    soon.length === 0
      ? fine('signer-expiry', `nobody's last key ends within ${NOTICE_DAYS} days`)
      : warned(
          'signer-expiry',
          `the last key of ${list(soon.map((p) => p.id))} ends within ${NOTICE_DAYS} days`,
          'add the next key to allowed-signers while the old one can still sign that change',
        ),
    sharedKeys(roles, lines),
    botRoles(roles),
    ...approvers(
      roles,
      acting.filter((p) => keysOf(p.principals).length > 0),
    ),
  ];
}

/**
 * Whether the bot's key is the bot's and nobody else's.
 * @param key `<type> <base64>`, or the sentence why it cannot be read; undefined where none was given
 */
export function judgeBotKey(
  { roles, lines, now }: SignerFacts,
  key: { readonly value: string } | { readonly problem: string } | undefined,
): DoctorCheck {
  const remedy = `name the key whose public half stands beside ${list(roles.bot.principals)} in allowed-signers`;
  if (key === undefined)
    return untold('bot-key', 'no key of the bot was given, so it was not looked at', `${remedy} (--bot-key)`);
  if ('problem' in key) return failed('bot-key', `the key of the bot is of no use: ${key.problem}`, remedy);
  const owners = lines.filter((l) => `${l.keyType} ${l.key}` === key.value);
  const names = owners.flatMap((l) => l.principals);
  const others = names.filter((n) => personOf(roles, n) !== 'bot');
  if (names.length === 0)
    return failed('bot-key', 'the key of the bot is not in allowed-signers: nobody would believe it', remedy);
  if (others.length > 0)
    return failed(
      'bot-key',
      `the key of the bot also signs for ${list(others)}`,
      'give the bot a key of its own',
    );
  return owners.some((l) => isUsable(l, now))
    ? fine('bot-key', `the key of the bot belongs to ${list(names)} and to nobody else`)
    : failed('bot-key', 'the key of the bot has ended, or has not begun to count', remedy);
}

/** @param key verifier of the given key, or why it cannot be read; undefined where none was given */
export function judgeLogKey(
  wanted: string,
  key: { readonly value: string } | { readonly problem: string } | undefined,
): DoctorCheck {
  const remedy = 'name the file with the private half of log.key in roles.json';
  if (key === undefined)
    return untold('log-key', 'no key of the log was given, so it was not looked at', `${remedy} (--log-key)`);
  if ('problem' in key) return failed('log-key', `the key of the log is of no use: ${key.problem}`, remedy);
  return key.value === wanted
    ? fine('log-key', 'the key of the log is the one that roles.json names')
    : failed('log-key', 'the key of the log is another one than roles.json names', remedy);
}

function sharedKeys(roles: Roles, lines: readonly SignerLine[]): DoctorCheck {
  const holders = new Map<string, Set<string>>();
  for (const { keyType, key, principals } of lines)
    for (const principal of principals) {
      const who = personOf(roles, principal);
      const name = who === 'bot' ? 'the bot' : (who?.id ?? principal);
      const id = `${keyType} ${key}`;
      holders.set(id, (holders.get(id) ?? new Set()).add(name));
    }
  const shared = [...holders.values()].filter((names) => names.size > 1);
  if (shared.length === 0) return fine('key-shared', 'no key stands for two people');
  return failed(
    'key-shared',
    `one key signs for ${shared.map((names) => sortedBy(names, (n) => n).join(' and ')).join('; ')}`,
    'give each of them a key of their own: a shared one can approve what it wrote',
  );
}

function botRoles({ bot, people }: Roles): DoctorCheck {
  const clash = people.filter(
    (p) =>
      p.principals.some((n) => has(bot.principals, n)) ||
      (p.accounts ?? []).some((a) => has(bot.accounts ?? [], a)),
  );
  return clash.length === 0
    ? fine('bot-roles', 'the bot is nobody among the people, so it approves and merges nothing')
    : failed(
        'bot-roles',
        `the bot has a principal or account of ${list(clash.map((p) => p.id))}, and with it their roles`,
        'give the bot principals and accounts of its own in roles.json',
      );
}

function approvers(roles: Roles, able: Roles['people']): readonly DoctorCheck[] {
  const required = roles.approvals?.required ?? 1;
  const who = able.map((p) => roleOf(roles, p)).filter((p) => p.roles.includes('approver'));
  const names = `${who.length} ${who.length === 1 ? 'person' : 'people'} can approve`;
  const pair = who.some((a) => who.some((b) => a.id !== b.id && twoTeams(a, b)));
  const remedy = 'give more people with a key the role approver in roles.json';
  return [
    who.length < required
      ? failed('approvers', `${names}, and a change needs ${required}`, remedy)
      : who.length === required
        ? warned(
            'approvers',
            `${names}, exactly as many as a change needs: none of them can change anything, or be away`,
            remedy,
          )
        : fine('approvers', `${names}, and a change needs ${required}`),
    pair
      ? fine('expedited-teams', 'approvers stand for two teams, as an expedited change needs')
      : warned(
          'expedited-teams',
          'no two approvers stand for two different teams, so an expedited change cannot be approved',
          'give approvers of a second team the role, or put them into one',
        ),
  ];
}

const twoTeams = (a: Person, b: Person): boolean => a.teams.some((t) => b.teams.some((u) => u !== t));

/** A person with their own roles, whoever else has their principals. */
function roleOf(roles: Roles, person: Roles['people'][number]): Person {
  const alone = { ...roles, people: [person], bot: { principals: [] as unknown as [string] } };
  const found = personOf(alone, person.principals[0] ?? '');
  return found === undefined || found === 'bot' ? { id: person.id, teams: [], roles: [] } : found;
}

const isUsable = (line: SignerLine, now: Instant): boolean => {
  const start = line.validAfter === undefined ? undefined : momentOf(line.validAfter);
  return (start === undefined || start <= now) && (endOf(line) ?? '9999') > now;
};

const endOf = ({ validBefore }: SignerLine): Instant | undefined =>
  validBefore === undefined ? undefined : momentOf(validBefore);

/** `YYYYMMDD[HHMM[SS]][Z]`; without a `Z` it means local time, here taken for UTC. @see ssh-keygen(1), "ALLOWED SIGNERS" */
function momentOf(text: string): Instant {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?z?$/i.exec(text) ?? [];
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

const has = (names: readonly string[], name: string): boolean =>
  names.some((n) => n.toLowerCase() === name.toLowerCase());

const list = (names: readonly string[]): string => [...new Set(names)].join(', ');

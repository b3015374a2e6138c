import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeBotKey, judgeLogKey, judgeSigners } from '../../../src/audit/setup/signers.ts';
import { parseAllowedSigners } from '../../../src/contracts/allowed-signers.ts';
import type { Roles } from '../../../src/contracts/generated/roles.ts';
import type { DoctorCheck } from '../../../src/domain/doctor.ts';
import { NOW, ROLES } from '../../support/git-fixtures.ts';
import { testKeys, type Who } from '../../support/keys.ts';

const keys = testKeys();
const publicKey = (who: Who): string =>
  readFileSync(`${keys[who].key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
const line = (who: Who, options = '', key: Who = who): string =>
  `${keys[who].email} ${options}${options && ' '}${publicKey(key)}\n`;
const ALL: readonly Who[] = ['author', 'approver', 'approver2', 'merger', 'bot'];

const facts = (text: string, roles: Roles = ROLES) => {
  const { lines, faults } = parseAllowedSigners(text);
  expect(faults).toEqual([]);
  return { roles, lines, now: NOW };
};
const signers = (change: Partial<Record<Who, string>> = {}): string =>
  ALL.map((w) => change[w] ?? line(w)).join('');
const found = (checks: readonly DoctorCheck[], code: DoctorCheck['code']) => {
  const all = checks.filter((c) => c.code === code);
  expect(all).toHaveLength(1);
  return all[0];
};

describe('people and keys', () => {
  it('are in order in the test world', () => {
    expect(judgeSigners(facts(signers())).map((c) => [c.code, c.level])).toEqual([
      ['signer-keys', 'ok'],
      ['signer-expiry', 'ok'],
      ['key-shared', 'ok'],
      ['bot-roles', 'ok'],
      ['approvers', 'ok'],
      ['expedited-teams', 'ok'],
    ]);
  });

  const two = { ...ROLES, approvals: { required: 2 } };
  const bens = (id: string): Roles => ({ ...ROLES, roles: { ...ROLES.roles, approver: [`person:${id}`] } });
  it.each<[string, DoctorCheck['code'], DoctorCheck['level'], RegExp, string, Roles]>([
    ['no key', 'signer-keys', 'fail', /^mia have a role/, signers({ merger: '' }), ROLES],
    [
      'a key that has ended',
      'signer-keys',
      'fail',
      /^cleo/,
      signers({ approver2: line('approver2', 'valid-before="20241024120000Z"') }),
      ROLES,
    ],
    [
      'a key that has not begun',
      'signer-keys',
      'fail',
      /^cleo/,
      signers({ approver2: line('approver2', 'valid-after="20241025"') }),
      ROLES,
    ],
    [
      'a key that ends soon',
      'signer-expiry',
      'warn',
      /cleo ends within 30 days/,
      signers({ approver2: line('approver2', 'namespaces="git",valid-before="20241101"') }),
      ROLES,
    ],
    [
      'a next key beside one that ends soon',
      'signer-expiry',
      'ok',
      /nobody/,
      `${signers({ approver2: line('approver2', 'valid-before="20241101"') })}${line('approver2', '', 'alias')}`,
      ROLES,
    ],
    [
      'a key of two people',
      'key-shared',
      'fail',
      /ben and cleo/,
      signers({ approver2: line('approver2', '', 'approver') }),
      ROLES,
    ],
    [
      'the key of the bot under a person',
      'key-shared',
      'fail',
      /ben and the bot/,
      signers({ approver: line('approver', '', 'bot') }),
      ROLES,
    ],
    [
      'a principal of the bot and of a person',
      'bot-roles',
      'fail',
      /of mia/,
      signers(),
      { ...ROLES, bot: { principals: ['bot@example.org', 'MIA@example.org'] } },
    ],
    [
      'an account of the bot and of a person',
      'bot-roles',
      'fail',
      /of anna/,
      signers(),
      {
        ...ROLES,
        people: ROLES.people.map((p) => (p.id === 'anna' ? { ...p, accounts: ['github:7'] } : p)),
        bot: { ...ROLES.bot, accounts: ['github:7'] },
      },
    ],
    [
      'fewer approvers than needed',
      'approvers',
      'fail',
      /1 person can approve, and a change needs 2/,
      signers({ approver2: '', author: '' }),
      two,
    ],
    ['as many as needed', 'approvers', 'warn', /exactly as many/, signers({ approver2: '' }), two],
    ['one approver alone', 'approvers', 'warn', /1 person/, signers(), bens('ben')],
    ['one team alone', 'expedited-teams', 'warn', /two different teams/, signers({ approver2: '' }), ROLES],
  ])('%s: %s is %s', (_what, code, level, sentence, text, roles) => {
    const check = found(judgeSigners(facts(text, roles)), code);
    expect(check).toMatchObject({ level, sentence: expect.stringMatching(sentence) });
    if (level !== 'ok') expect(check).toMatchObject({ remedy: expect.stringMatching(/\w{4}/) });
  });
});

describe('the key of the bot', () => {
  const value = (who: Who) => ({ value: publicKey(who) });
  it.each<[string, Parameters<typeof judgeBotKey>[1], string, DoctorCheck['level'], RegExp]>([
    ['its own', value('bot'), signers(), 'ok', /bot@example\.org and to nobody else/],
    ['none', undefined, signers(), 'unknown', /no key of the bot was given/],
    ['an unreadable one', { problem: 'it is a picture' }, signers(), 'fail', /a picture/],
    ['an unknown one', value('outsider'), signers(), 'fail', /not in allowed-signers/],
    ['that of a person', value('approver'), signers(), 'fail', /signs for ben@example\.org/],
    [
      'a shared one',
      value('bot'),
      `${signers()}${line('approver', '', 'bot')}`,
      'fail',
      /also signs for ben@example\.org$/,
    ],
    [
      'one that has ended',
      value('bot'),
      signers({ bot: line('bot', 'valid-before="20240101"') }),
      'fail',
      /has ended/,
    ],
  ])('%s: %s', (_what, key, text, level, sentence) => {
    expect(judgeBotKey(facts(text), key)).toMatchObject({
      level,
      sentence: expect.stringMatching(sentence),
    });
  });
});

it.each<[Parameters<typeof judgeLogKey>[1], DoctorCheck['level']]>([
  [{ value: 'log+1+A' }, 'ok'],
  [{ value: 'log+2+B' }, 'fail'],
  [{ problem: 'gone' }, 'fail'],
  [undefined, 'unknown'],
])('the key of the log, %j: %s', (key, level) => {
  expect(judgeLogKey('log+1+A', key).level).toBe(level);
});

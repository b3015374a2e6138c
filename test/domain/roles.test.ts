import { describe, expect, it } from 'vitest';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import { personOf } from '../../src/domain/roles.ts';

const roles: Roles = {
  apiVersion: 'patchwarden/v1',
  kind: 'Roles',
  id: 'roles',
  people: [
    { id: 'alice', principals: ['alice@x', 'alice@home'], teams: ['platform'] },
    { id: 'bob', principals: ['bob@x'] },
  ],
  bot: { principals: ['bot@x'] },
  roles: { author: ['team:platform'], approver: ['person:bob'], merger: ['person:bob', 'team:platform'] },
  log: { key: 'x+00000000+AA==' },
};

describe('personOf', () => {
  it.each([
    ['alice@x', { id: 'alice', teams: ['platform'], roles: ['author', 'merger'] }],
    ['alice@home', { id: 'alice', teams: ['platform'], roles: ['author', 'merger'] }],
    ['ALICE@X', { id: 'alice', teams: ['platform'], roles: ['author', 'merger'] }],
    ['bob@x', { id: 'bob', teams: [], roles: ['approver', 'merger'] }],
    ['bot@x', 'bot'],
    ['mallory@x', undefined],
    ['', undefined],
  ])('%s', (principal, expected) => {
    expect(personOf(roles, principal)).toEqual(expected);
  });
});

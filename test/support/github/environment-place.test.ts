import { expect, it } from 'vitest';
import { environmentPlace } from './environment-place.ts';

const TOKEN = { PATCHWARDEN_FORGE_TOKEN: 'robot' };
const ORGANISATION = { PATCHWARDEN_TEST_GITHUB_ORG: 'acme' };
const people = (tokens: string) => ({ PATCHWARDEN_TEST_GITHUB_PEOPLE: tokens });

it.each([
  ['nothing', {}, 'set PATCHWARDEN_TEST_GITHUB_ORG and PATCHWARDEN_FORGE_TOKEN'],
  ['no token', ORGANISATION, 'set PATCHWARDEN_FORGE_TOKEN'],
  ['an empty token', { ...ORGANISATION, PATCHWARDEN_FORGE_TOKEN: '' }, 'set PATCHWARDEN_FORGE_TOKEN'],
  ['no organisation', TOKEN, 'set PATCHWARDEN_TEST_GITHUB_ORG'],
  ['both', { ...TOKEN, ...ORGANISATION }, undefined],
])('with %s it says what is missing', (_case, env, why) => {
  expect(environmentPlace(env).whyNot).toBe(why);
});

it.each([
  ['nobody', {}, { bot: 'robot' }, false],
  ['one person', people('b'), { bot: 'robot', approver: 'b', merger: 'b' }, false],
  ['two', people('b,c'), { bot: 'robot', approver: 'b', merger: 'b', approver2: 'c' }, true],
])('with %s beside the bot', (_case, env, tokens, enough) => {
  const found = environmentPlace({ ...TOKEN, ...ORGANISATION, ...env });
  expect(found.place).toEqual({ api: 'https://api.github.com', organisation: 'acme', tokens });
  expect(found.whyNoPeople === undefined).toBe(enough);
});

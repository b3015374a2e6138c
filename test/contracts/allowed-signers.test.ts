import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllowedSigners } from '../../src/contracts/allowed-signers.ts';
import { allowedSignersOf, testKeys } from '../support/keys.ts';

const ED25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ3Bz2yS5aQm3Hk0h9bT0mXo0p0Zt6Uj8bRrXyQm7k1a';
const key = `ssh-ed25519 ${ED25519}`;

describe('parseAllowedSigners', () => {
  it('reads what ssh-keygen writes', () => {
    const keys = testKeys();
    const { lines, faults } = parseAllowedSigners(allowedSignersOf(keys, ['author', 'bot']));
    expect(faults).toEqual([]);
    expect(lines.map((l) => [l.line, l.principals])).toEqual([
      [1, ['anna@example.org']],
      [2, ['bot@example.org']],
    ]);
    expect(readFileSync(`${keys.author.key}.pub`, 'utf8')).toContain(lines[0]?.key);
  });

  it.each([
    ['comments and empty lines', `# people\n\n   \na@b.c ${key}\n`, ['a@b.c']],
    ['several principals', `a@b.c,d@e.f ${key} a comment`, ['a@b.c', 'd@e.f']],
    [
      'options',
      `a@b.c namespaces="git,file",valid-after="20240101",valid-before="20301231235959Z" ${key}`,
      ['a@b.c'],
    ],
    ['options in capitals, tabs, CRLF', `a@b.c\tNamespaces="git"\t${key}\r\n`, ['a@b.c']],
  ])('accepts %s', (_name, text, principals) => {
    const { lines, faults } = parseAllowedSigners(text);
    expect(faults).toEqual([]);
    expect(lines.flatMap((l) => l.principals)).toEqual(principals);
  });

  it.each([
    ['a wildcard', `*@example.org ${key}`, /speak for many/],
    ['a negation', `!a@b.c ${key}`, /speak for many/],
    ['a quoted principal', `"a b" ${key}`, /must start with principals/],
    ['an empty principal', `a@b.c,, ${key}`, /must start with principals/],
    ['no key', 'a@b.c', /the options are not readable|the key is missing/],
    ['a certificate authority', `a@b.c cert-authority ${key}`, /certificate authorities/],
    ['another namespace', `a@b.c namespaces="file" ${key}`, /leaves out "git"/],
    ['namespaces without value', `a@b.c namespaces ${key}`, /leaves out "git"/],
    ['a bad time', `a@b.c valid-before="tomorrow" ${key}`, /must be a time/],
    ['an unknown option', `a@b.c no-touch-required ${key}`, /is unknown/],
    ['an open quote', `a@b.c namespaces="git ${key}`, /not readable/],
    ['glued options', `a@b.c namespaces="git"x ${key}`, /not readable/],
    ['a weak key type', `a@b.c ssh-dss ${ED25519}`, /not one that is accepted/],
    ['a key of another type', `a@b.c ssh-rsa ${ED25519}`, /is not a ssh-rsa public key/],
    ['no base64', 'a@b.c ssh-ed25519 !!!', /is not a ssh-ed25519 public key/],
    ['a cut key', 'a@b.c ssh-ed25519 AAAAC3Nz', /is not a ssh-ed25519 public key/],
  ])('refuses %s', (_name, text, message) => {
    const { lines, faults } = parseAllowedSigners(`# first\n${text}\n`);
    expect(lines).toEqual([]);
    expect(faults).toEqual([{ line: 2, message: expect.stringMatching(message) }]);
  });
});

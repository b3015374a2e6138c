import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { generateLogKey, readLogKey } from '../../src/adapters/log-keys.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import { signCheckpoint } from '../../src/util/tlog/checkpoint.ts';
import { emptyRoot } from '../../src/util/tlog/hash.ts';
import { ROLES } from '../support/git-fixtures.ts';

const dir = mkdtempSync(join(tmpdir(), 'patchwarden-log-key-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const fileOf = (text: string) => {
  const file = join(dir, 'key');
  writeFileSync(file, text);
  return file;
};

describe('keys of the evidence log', () => {
  test('a new one is read back, signs, and its verifier fits roles.json', () => {
    const key = generateLogKey('fleet.example.org/evidence');
    const signer = readLogKey(fileOf(`${key.signer}\n`));
    expect(signer.verifier.text).toBe(key.verifier);
    expect(signCheckpoint(0, emptyRoot(), signer)).toContain('— fleet.example.org/evidence ');
    expect(validateKind('roles', { ...ROLES, log: { key: key.verifier } })).toEqual([]);
  });

  test('two are never the same', () => {
    expect(generateLogKey('log').signer).not.toBe(generateLogKey('log').signer);
  });

  test('a name that no key can have is refused', () => {
    expect(() => generateLogKey('my log')).toThrow('no key name');
  });

  test('a file that is missing, large or something else is refused, its content never shown', () => {
    expect(() => readLogKey(join(dir, 'nowhere'))).toThrow('cannot be read from');
    for (const text of ['secret', 'x'.repeat(5000), generateLogKey('log').verifier]) {
      const attempt = () => readLogKey(fileOf(text));
      expect(attempt).toThrow('is no evidence log key');
      expect(attempt).not.toThrow(text.slice(0, 40));
    }
  });
});

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestModules, programDigest } from '../../src/adapters/program-digest.ts';
import { tempDir } from '../support/temp-dir.ts';

const PACKAGE = { version: '1.0.0', dependencies: { diff: '9.0.0' } };

/** A program that was compiled into `place`; `change` has other or further files. */
function digestOf(change: Readonly<Record<string, string>> = {}, place = 'dist'): Promise<string> {
  const dir = tempDir();
  const files = {
    'package.json': JSON.stringify(PACKAGE),
    [`${place}/main.js`]: 'main',
    [`${place}/adapters/program-digest.js`]: 'digest',
    [`${place}/assess/match/judge.js`]: 'judge',
    ...change,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return digestModules(join(dir, place, 'adapters/program-digest.js'));
}

describe('the digest of the program', () => {
  it('is that of the modules and of the dependencies, wherever they lie', async () => {
    const digest = await digestOf();
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digestOf()).toBe(digest);
    expect(await digestOf({}, 'dist-bench/src')).toBe(digest);
    expect(await digestOf({ 'dist/main.d.ts': 'types', 'src/main.ts': 'x', 'dist/x.map': '' })).toBe(digest);
    expect(await digestOf({ 'package.json': JSON.stringify({ ...PACKAGE, version: '2.0.0' }) })).toBe(digest);
  });

  it.each([
    ['a module says something else', { 'dist/assess/match/judge.js': 'judgf' }],
    ['there is one more', { 'dist/assess/more.js': '' }],
    ['one has another name', { 'dist/assess/match/judge.js': '', 'dist/assess/match/judgf.js': 'judge' }],
    ['bytes move from one to the next', { 'dist/main.js': 'mainx' }],
    ['a dependency has another version', { 'package.json': '{"dependencies":{"diff":"9.0.1"}}' }],
  ])('is another one where %s', async (_, change) => {
    expect(await digestOf(change)).not.toBe(await digestOf());
  });

  it('is made of the sources, and once', async () => {
    const first = programDigest();
    expect(programDigest()).toBe(first);
    const sources = join(import.meta.dirname, '../../src');
    expect(readdirSync(sources, { recursive: true }).length).toBeGreaterThan(400);
    expect(await digestModules(join(sources, 'adapters/program-digest.ts'))).toBe(await first);
  });
});

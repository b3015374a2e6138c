import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersOf, parseCodeowners } from '../../src/domain/codeowners.ts';

/** The example of GitHub's page, and what it says of it. */
const EXAMPLE = `
# These owners will be the default owners for everything in the repo.
*       @global-owner1 @global-owner2

*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`;

const owners = (text: string, path: string) => ownersOf(parseCodeowners(text), path);

describe('ownersOf', () => {
  it.each([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['deep/er/README.md', ['@global-owner1', '@global-owner2']],
    ['lib/index.js', ['@js-owner']],
    ['cmd/main.go', ['docs@example.com']],
    ['a.txt', ['@octo-org/octocats']],
    ['build/logs/one', ['@octocat']],
    ['deeply/nested/logs/x', ['@octocat']],
    ['docs/getting-started.md', ['@doctocat']],
    ['scripts/x/y.js', ['@doctocat', '@octocat']],
    ['apps/x', ['@octocat']],
    ['apps/github', []],
    ['apps/github/x', []],
  ])('of the documented example: %s', (path, expected) => {
    expect(owners(EXAMPLE, path)).toEqual(expected);
  });

  it.each([
    ['docs/* @a', 'docs/getting-started.md', true],
    ['docs/* @a', 'docs/build-app/troubleshooting.md', false],
    ['docs/* @a', 'x/docs/a.md', false],
    ['apps/ @a', 'x/apps/y', true],
    ['/apps/ @a', 'x/apps/y', false],
    ['apps/ @a', 'apps', false],
    ['/build/logs/ @a', 'x/build/logs/y', false],
    ['locks/web @a', 'locks/web/prod.lock.json', true],
    ['locks/*/prod.lock.json @a', 'locks/web/prod.lock.json', true],
    ['locks/*/prod.lock.json @a', 'locks/a/b/prod.lock.json', false],
    ['locks/**/prod.lock.json @a', 'locks/a/b/prod.lock.json', true],
    ['locks/** @a', 'locks/a/b', true],
    ['** @a', 'a/b', true],
    ['pins.jso? @a', 'pins.json', true],
    ['pins.json @a', 'pinsxjson', false],
  ])('%s and %s: %s', (text, path, matches) => {
    expect(owners(text, path)).toEqual(matches ? ['@a'] : []);
  });

  it.each([
    ['a negation', '* @a\n!x @b', 'x', ['@a']],
    ['a range', '* @a\n[xy] @b', 'x', ['@a']],
    ['an escaped hash', '* @a\n\\#x @b', '#x', ['@a']],
    ['something that is no owner', '* @a\nx b', 'x', ['@a']],
    ['Windows line ends', '* @a\r\nx @b\r\n', 'x', ['@b']],
  ])('passes over %s', (_what, text, path, expected) => {
    expect(owners(text, path)).toEqual(expected);
  });

  it('reads nothing of a file above 3 MB', () => {
    expect(owners(`* @a\n${'#'.repeat(3 * 1024 * 1024)}`, 'x')).toEqual([]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, path) => {
        expect(Array.isArray(owners(text, path))).toBe(true);
      }),
    );
  });
});

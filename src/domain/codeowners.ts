/** One line of a CODEOWNERS file: what it matches, and who owns that; nobody is an answer too. */
interface OwnerRule {
  readonly matches: RegExp;
  readonly owners: readonly string[];
}

/** Where GitHub looks, in its order; the first that is there counts alone. */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const LARGEST = 3 * 1024 * 1024;
const OWNER = /^(?:@[\w-]+(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+)$/;

/**
 * A CODEOWNERS file as GitHub reads it: the patterns of .gitignore without `!`, `[ ]` and `\#`. A line that is not valid is
 * passed over, a file above 3 MB as a whole.
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function parseCodeowners(text: string): readonly OwnerRule[] {
  if (Buffer.byteLength(text) > LARGEST) return [];
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (!pattern || /^!|[[\]]|\\#/.test(pattern) || !owners.every((o) => OWNER.test(o))) return [];
    return [{ matches: patternOf(pattern), owners }];
  });
}

/** Who owns a path: as the last rule that matches it says. */
export const ownersOf = (rules: readonly OwnerRule[], path: string): readonly string[] =>
  rules.findLast((r) => r.matches.test(path))?.owners ?? [];

/** A slash before the end ties a pattern to the root; a name alone is of any folder, and of all that is below one. */
function patternOf(pattern: string): RegExp {
  const plain = pattern.replace(/^\//, '');
  const rooted = /\/./.test(pattern) || pattern.startsWith('/');
  const source = plain
    .replace(/\/$/, '')
    .split('/')
    .map((part) => (part === '**' ? '**' : part.replace(/[*?]|[.+^${}()|\\]/g, wildcard)))
    .join('/')
    .replace(/^\*\*\//, '(?:.*/)?')
    .replaceAll('/**/', '/(?:.*/)?')
    .replace(/\/\*\*$/, '/.*')
    .replace(/^\*\*$/, '.*');
  // Of `folder/*` GitHub means the files in it, not what is in its folders.
  const below = pattern.endsWith('/') ? '/.*' : pattern.endsWith('/*') ? '' : '(?:/.*)?';
  return new RegExp(`^${rooted ? '' : '(?:.*/)?'}${source}${below}$`);
}

const wildcard = (sign: string): string => (sign === '*' ? '[^/]*' : sign === '?' ? '[^/]' : `\\${sign}`);

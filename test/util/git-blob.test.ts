import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitBlobId } from '../../src/util/git-blob.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('gitBlobId', () => {
  it.each([
    ['sha1', 40],
    ['sha256', 64],
  ])('is what git hash-object says in a repository with %s', (format, length) => {
    const dir = tempDir();
    execFileSync('git', ['init', '-q', `--object-format=${format}`, dir]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (content) => {
        const theirs = execFileSync('git', ['hash-object', '--stdin'], { cwd: dir, input: content });
        expect(gitBlobId(content, 'a'.repeat(length))).toBe(theirs.toString().trim());
      }),
      { numRuns: 8 },
    );
  });
});

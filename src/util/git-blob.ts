import { createHash } from 'node:crypto';

/**
 * The id that Git gives a file with this content.
 * @param like any object id of the repository: its length tells whether it uses SHA-1 or SHA-256
 * @see https://git-scm.com/docs/hash-function-transition
 */
export function gitBlobId(content: string, like: string): string {
  const bytes = Buffer.from(content, 'utf8');
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

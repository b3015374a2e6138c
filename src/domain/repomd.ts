import { attributeOf, childOf, childrenOf, parseXml, textOf } from '../util/xml.ts';

/** One file of the metadata, such as `primary`. */
interface RepomdFile {
  readonly href: string;
  readonly sha256: string;
  readonly size: number;
}

/** What repodata/repomd.xml lists. */
export interface Repomd {
  /** By type; those without a SHA-256 are left out. */
  readonly files: ReadonlyMap<string, RepomdFile>;
  /** When its newest file was made, in milliseconds since 1970. */
  readonly date: number | null;
}

/** Reads repomd.xml; undefined when it is none. */
export function parseRepomd(text: string): Repomd | undefined {
  const root = childOf(parseXml(text), 'repomd');
  if (!root) return undefined;
  const files = new Map<string, RepomdFile>();
  let date: number | null = null;
  for (const data of childrenOf(root, 'data')) {
    const checksum = childOf(data, 'checksum');
    const sha256 = textOf(checksum).toLowerCase();
    const size = Number(textOf(childOf(data, 'size')));
    const seconds = Number(textOf(childOf(data, 'timestamp')) || Number.NaN);
    if (Number.isFinite(seconds)) date = Math.max(date ?? 0, Math.floor(seconds * 1000));
    if (attributeOf(checksum, 'type') !== 'sha256' || !/^[0-9a-f]{64}$/.test(sha256)) continue;
    if (!Number.isSafeInteger(size) || size <= 0) continue;
    files.set(attributeOf(data, 'type'), {
      href: attributeOf(childOf(data, 'location'), 'href'),
      sha256,
      size,
    });
  }
  return { files, date };
}

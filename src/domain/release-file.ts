import { parseDeb822 } from '../util/deb822.ts';
import type { ReleaseFields } from './apt-origin.ts';

const FIELDS: ReadonlySet<string> = new Set(['origin', 'label', 'suite', 'codename']);

/** What a Release file, or a clear-signed InRelease file, says of its archive. The signature is apt's to check. */
export function parseRelease(text: string): ReleaseFields {
  // The fields stand before the first list of digests; the rest of the file is long and not needed.
  const head = text.slice(0, 16_384).replace(/^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:.+\r?\n)*\r?\n/, '');
  const fields = parseDeb822(head, { only: FIELDS }).stanzas[0]?.fields;
  const value = (name: string): string => (fields?.get(name) ?? '').slice(0, 200);
  return {
    origin: value('origin'),
    label: value('label'),
    suite: value('suite'),
    codename: value('codename'),
  };
}

import { streamRelease } from '../domain/releases.ts';

/**
 * Values of an os-release file by key.
 * @see os-release(5): shell-like assignments, quotes optional
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n').slice(0, 1000)) {
    const m = /^([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line);
    if (m?.[1] && m[2] !== undefined) values.set(m[1], unquote(m[2]));
  }
  return values;
}

function unquote(value: string): string {
  if (value.length >= 2 && value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1);
  const inner =
    value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return inner.replace(/\\(.)/g, '$1');
}

/** `distribution:release` of an os-release file, such as `debian:12` or `rocky:9`; null for a rolling or unnamed release. */
export function ecosystemOfOsRelease(values: ReadonlyMap<string, string>): string | null {
  const id = values.get('ID') ?? '';
  const release = values.get('VERSION_ID') ?? '';
  return /^[a-z0-9]+$/.test(id) && /^[A-Za-z0-9._-]+$/.test(release)
    ? `${id}:${streamRelease(id, release)}`
    : null;
}

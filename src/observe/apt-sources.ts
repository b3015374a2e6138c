import { parseDeb822 } from '../util/deb822.ts';

/** One suite of one archive that the host is set to use. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  /** Empty for a flat repository, whose suite ends in a slash. */
  readonly components: readonly string[];
}

/**
 * The one-line form: `deb [options] uri suite component…`; `deb-src` offers no packages and is left out.
 * @see sources.list(5)
 */
export function parseSourcesList(text: string): readonly AptSource[] {
  const sources: AptSource[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*$/, '').trim();
    const m = /^deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)((?:\s+\S+)*)$/.exec(line);
    if (!m?.[1] || !m[2]) continue;
    sources.push({ uri: m[1], suite: m[2], components: words(m[3] ?? '') });
  }
  return sources;
}

/** The deb822 form, `*.sources` files; stanzas with `Enabled: no` are left out. */
export function parseSourcesFile(text: string): readonly AptSource[] {
  return parseDeb822(text).stanzas.flatMap(({ fields }) => {
    const list = (name: string): readonly string[] => words(fields.get(name) ?? '');
    if (
      !list('types').includes('deb') ||
      /^(no|false|0|off|disable|without)$/i.test(fields.get('enabled') ?? '')
    )
      return [];
    return list('uris').flatMap((uri) =>
      list('suites').map((suite) => ({ uri, suite, components: list('components') })),
    );
  });
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((w) => w !== '');

/** Name, without directory, of the file under `var/lib/apt/lists` that begins the lists of a source. */
export function listPrefix(source: AptSource): string {
  const base = source.uri.endsWith('/') ? source.uri : `${source.uri}/`;
  const path = source.suite.endsWith('/') ? source.suite : `dists/${source.suite}/`;
  return `${base}${path}`
    .replace(/^[a-z+]+:(\/\/)?([^/@]*@)?/i, '')
    .replace(/[\\|{}[\]<>"^~_=!@#$%&*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
    .replace(/\//g, '_');
}

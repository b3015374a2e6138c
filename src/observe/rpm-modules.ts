import { FAILSAFE_SCHEMA, loadAll } from 'js-yaml';
import type { ModuleStream } from '../domain/rpm-origin.ts';

export interface ModuleArtifacts {
  /** Module streams by `name-epoch:version-release.arch` of their packages. */
  readonly streams: ReadonlyMap<string, readonly ModuleStream[]>;
  readonly problems: readonly string[];
}

const NAME = /^[A-Za-z0-9][\w.+-]{0,99}$/;

/**
 * Which packages belong to which module streams. A package of a module is no candidate for a host without that stream.
 * @see https://github.com/fedora-modularity/libmodulemd, documents `modulemd` and `modulemd-stream`
 */
export function moduleArtifacts(text: string): ModuleArtifacts {
  const streams = new Map<string, ModuleStream[]>();
  if (text.trim() === '') return { streams, problems: [] };
  let documents: readonly unknown[];
  try {
    // Failsafe: every scalar stays text, so that the stream 1.10 is not the number 1.1.
    documents = loadAll(text, undefined, { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { streams, problems: [`the module streams cannot be read: ${why}`] };
  }
  const problems: string[] = [];
  for (const document of documents) {
    if (fieldOf(document, 'document') !== 'modulemd') continue;
    const data = fieldOf(document, 'data');
    const name = fieldOf(data, 'name');
    const stream = fieldOf(data, 'stream');
    if (typeof name !== 'string' || typeof stream !== 'string' || !NAME.test(name) || !NAME.test(stream)) {
      problems.push('a module has no usable name and stream');
      continue;
    }
    const rpms = fieldOf(fieldOf(data, 'artifacts'), 'rpms');
    if (!Array.isArray(rpms)) continue;
    for (const nevra of rpms) {
      if (typeof nevra !== 'string') continue;
      const known = streams.get(nevra) ?? [];
      if (!known.some((k) => k.name === name && k.stream === stream))
        streams.set(nevra, [...known, { name, stream }]);
    }
  }
  return { streams, problems };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

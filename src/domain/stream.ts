/** A package universe: distribution, release and architecture, such as `debian:12:amd64`. */
export interface Stream {
  readonly distro: string;
  readonly release: string;
  readonly arch: string;
}

const grammar = /^([a-z0-9]+):([A-Za-z0-9._-]+):([A-Za-z0-9_]+)$/;

/** @returns undefined when the text is no stream. */
export function parseStream(text: string): Stream | undefined {
  const [, distro, release, arch] = grammar.exec(text) ?? [];
  return distro && release && arch ? { distro, release, arch } : undefined;
}

export const formatStream = (s: Stream): string => `${s.distro}:${s.release}:${s.arch}`;

/** `distribution:release`, the part of a stream that advisories name. */
export const ecosystemOf = (stream: string): string => stream.slice(0, stream.lastIndexOf(':'));

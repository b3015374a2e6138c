import { namesBinaries } from '../domain/advisory-names.ts';
import type { Component, HostObservation, UnknownReason } from '../domain/component.ts';
import { ecosystemOf } from '../domain/stream.ts';
import { knownSchemeOf } from '../domain/version/scheme.ts';

/** A newer version that the report itself says is available. */
export interface Offer {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly origin: string;
}

/** What a reader makes of one host, image or report. */
export interface Observation extends HostObservation {
  /** The dpkg status text, for a solver; null where the source did not have one. */
  readonly statusText: string | null;
  readonly offers: readonly Offer[];
  /** Parts that could not be read, each a sentence: what is concluded from the rest is incomplete. */
  readonly problems: readonly string[];
  /** What a person should know about how it was read. */
  readonly notes: readonly string[];
}

const EMPTY = {
  stream: null,
  components: [],
  origins: [],
  runningKernel: null,
  rebootRequired: false,
  unknown: null,
  statusText: null,
  offers: [],
  problems: [],
  notes: [],
} as const satisfies Omit<Observation, 'source'>;

/** An observation with the usual values for everything that is not told. */
export const observation = (source: string, facts: Partial<Observation>): Observation => ({
  ...EMPTY,
  ...facts,
  source,
});

/** The first reason why nothing can be concluded: no stream, then no source package anywhere where advisories name those. */
export function unknownReasonOf(
  stream: string | null,
  components: readonly Component[],
): UnknownReason | null {
  if (stream === null) return 'no-stream';
  if (namesBinaries(stream)) return null;
  return components.length > 0 && components.every((c) => c.sourcePackage === null) ? 'no-source' : null;
}

/**
 * The same host, to be judged as a stream that the caller names. Where that is another distribution or release than the
 * host's own, the observation keeps what the host says of itself.
 */
export function asStream(host: Observation, stream: string): Observation {
  if (stream === host.stream) return host;
  const own = host.stream === null ? undefined : ecosystemOf(host.stream);
  const rpm = knownSchemeOf(stream) === 'rpm';
  const judge =
    host.unknown === 'no-stream' || (rpm && (host.unknown === null || host.unknown === 'no-source'));
  return {
    ...host,
    stream,
    unknown: judge ? unknownReasonOf(stream, host.components) : host.unknown,
    ...(own === undefined || own === ecosystemOf(stream) ? {} : { ownEcosystem: own }),
  };
}

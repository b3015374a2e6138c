import type { EvidenceEntry, HaltEvidence } from '../contracts/generated/evidence-entry.ts';
import { isArchIndependent } from './arch.ts';
import { parseLockKey } from './purl.ts';
import { parseStream } from './stream.ts';

/** What a halt forbids. `ring: null` is every ring of the baseline. */
export type HaltScope =
  | {
      readonly kind: 'package';
      readonly stream: string;
      readonly package: string;
      readonly version: string;
    }
  | { readonly kind: 'ring'; readonly baseline: string; readonly ring: string | null }
  | { readonly kind: 'all' };

/** As `stop` takes it and messages show it: `all`, `<baseline>`, `<baseline>/<ring>`, `<stream>/<package>=<version>`. */
export function formatHaltScope(scope: HaltScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all';
    case 'ring':
      return scope.ring === null ? scope.baseline : `${scope.baseline}/${scope.ring}`;
    case 'package':
      return `${scope.stream}/${scope.package}=${scope.version}`;
    default:
      return scope satisfies never;
  }
}

/**
 * Halts that nobody lifted since, oldest first. What was lifted is not brought back by saying it again: a new halt has a new
 * id. Whether a person's halt or lift stands is decided before.
 */
export function haltsInForce(entries: readonly EvidenceEntry[]): readonly HaltEvidence[] {
  const halts = new Map<string, HaltEvidence>();
  const lifted = new Set<string>();
  for (const e of entries) {
    if (e.type === 'halt' && !lifted.has(e.id)) halts.set(e.id, e);
    if (e.type === 'lift' && halts.delete(e.halt)) lifted.add(e.halt);
  }
  return [...halts.values()];
}

/** A package version of a stream, as holds and halts name it. */
export interface BadVersion {
  readonly stream: string;
  readonly package: string;
  readonly version: string;
}

/**
 * Whether a lock entry is this package version. A bad version is that of a stream; a package for all architectures belongs
 * to every stream of its release.
 */
export function isBadEntry(bad: BadVersion, key: string, version: string): boolean {
  // Asked for every entry of a lock and every halt: what is told apart cheaply comes first.
  if (version !== bad.version) return false;
  const of = parseLockKey(key);
  const stream = parseStream(bad.stream);
  if (!of || !stream || of.name !== bad.package) return false;
  return (
    of.distro === stream.distro &&
    of.release === stream.release &&
    (of.arch === stream.arch || isArchIndependent(of.arch))
  );
}

/** The package versions that halts in force forbid, each with its halt. */
export const haltedVersions = (
  halts: readonly HaltEvidence[],
): readonly (BadVersion & { readonly halt: HaltEvidence })[] =>
  halts.flatMap((halt) => {
    const { scope } = halt;
    return scope.kind === 'package'
      ? [{ stream: scope.stream, package: scope.package, version: scope.version, halt }]
      : [];
  });

const ID = '[a-z0-9][a-z0-9._-]{0,62}';
const RING = new RegExp(`^(${ID})(?:/(${ID}))?$`);
const PACKAGE =
  /^([a-z0-9]+:[A-Za-z0-9._-]+:[A-Za-z0-9_]+)\/([A-Za-z0-9][A-Za-z0-9+._-]{0,127})=(\S{1,200})$/;

/** The other way round; undefined when the text is no scope. */
export function parseHaltScope(text: string): HaltScope | undefined {
  if (text === 'all') return { kind: 'all' };
  const [, stream, name, version] = PACKAGE.exec(text) ?? [];
  if (stream && name && version) return { kind: 'package', stream, package: name, version };
  const [, baseline, ring] = RING.exec(text) ?? [];
  return baseline ? { kind: 'ring', baseline, ring: ring ?? null } : undefined;
}

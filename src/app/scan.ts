import { resolve } from 'node:path';
import type { Config } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { fleetRows, type Seen } from '../observe/fleet-rows.ts';
import { observeRoot } from '../observe/host-root.ts';
import { type Observation, observation, unknownReasonOf } from '../observe/observation.ts';
import { readReport } from '../observe/reports/read-report.ts';
import { buildSnapshot, type Snapshot } from '../observe/snapshot.ts';
import type { Wire } from './wire.ts';

type Source = Config['fleet']['sources'][number];
type Ports = Pick<Wire, 'input' | 'fileTree'>;

export interface ScanInput {
  readonly config: Config;
  /** The policy repository, where relative paths start. */
  readonly repo: string;
  readonly now: Instant;
}

/** What a scan would write, and what it saw. */
export interface ScanPlan {
  readonly snapshots: readonly Snapshot[];
  readonly assets: number;
  readonly components: number;
  readonly componentSets: number;
  /** Assets of which nothing can be concluded, with the reason. */
  readonly unknown: readonly { readonly asset: string; readonly reason: string }[];
  /** What could not be read, each a sentence. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Observes every configured asset. One that cannot be read is `unknown: unreadable` and stays in the fleet; the others
 * go on. Nothing is written.
 */
export async function buildScan(ports: Ports, input: ScanInput): Promise<ScanPlan> {
  const { config, repo, now } = input;
  const seen: Seen[] = [];
  const problems: string[] = [];
  for (const source of config.fleet.sources) {
    const found = await observeSource(ports, resolve(repo, source.path), source);
    seen.push({ source, observation: found });
    problems.push(...found.problems.map((p) => `${source.id}: ${p}`));
  }
  const { statuses, ignoredLabels, ...rows } = fleetRows(seen, config.labels, now);
  const files = new Map([...statuses].map(([set, text]) => [`status/${set}`, text]));
  const { assets, components, origins } = rows;
  return {
    snapshots: [
      buildSnapshot(
        'fleet',
        { assets: [...assets], components: [...components], origins: [...origins] },
        now,
        files,
      ),
    ],
    assets: assets.length,
    components: seen.reduce((sum, s) => sum + s.observation.components.length, 0),
    componentSets: new Set(assets.map((a) => a.set)).size,
    unknown: assets.flatMap((a) => (a.unknown === null ? [] : [{ asset: a.asset, reason: a.unknown }])),
    problems,
    notes: ignoredLabels.map(
      (label) =>
        `the label "${label}" is ignored: patchwarden.json names no trusted source for it in "labels"`,
    ),
  };
}

async function observeSource(ports: Ports, path: string, source: Source): Promise<Observation> {
  try {
    return await observePath(ports, path, source);
  } catch (error) {
    if (!(error instanceof PatchwardenError) || !['source-failed', 'bad-document'].includes(error.code))
      throw error;
    return observation(source.kind, {
      stream: source.stream ?? null,
      unknown: 'unreadable',
      problems: [error.message],
    });
  }
}

async function observePath(ports: Ports, path: string, source: Source): Promise<Observation> {
  const input = await ports.input(path);
  const { stream } = source;
  if ((input.kind === 'directory') !== (source.kind === 'root'))
    throw new PatchwardenError(
      'source-failed',
      `${path} is a ${input.kind}, but patchwarden.json says it is a ${source.kind === 'root' ? 'root directory' : 'file'}`,
    );
  if (input.kind === 'file')
    return readReport(input.bytes, { label: source.path, ...(stream === undefined ? {} : { stream }) });
  const host = await observeRoot(ports.fileTree(path), { live: input.live });
  if (stream === undefined || stream === host.stream) return host;
  return { ...host, stream, unknown: unknownReasonOf(stream, host.components) };
}

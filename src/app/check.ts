import { buildCheckReport } from '../assess/check.ts';
import { type GateResult, gateReport } from '../assess/check-gate.ts';
import type { Candidate } from '../assess/match/candidates.ts';
import { chooseKernels } from '../assess/match/kernel.ts';
import type { CheckReport } from '../contracts/generated/check-report.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Severity } from '../domain/severity.ts';
import { ecosystemOf, parseStream } from '../domain/stream.ts';
import { concernsStream, packageRows } from '../observe/apt-index.ts';
import { observeRoot } from '../observe/host-root.ts';
import { type Intel, observeIntel } from '../observe/intel.ts';
import { asStream, type Observation } from '../observe/observation.ts';
import { readReport } from '../observe/reports/read-report.ts';
import type { PackageIndex } from '../ports/package-source.ts';
import type { Wire } from './wire.ts';

export interface CheckOptions {
  /** Root directory or file. */
  readonly target: string;
  readonly intel: readonly string[];
  /** Directory with an apt repository; the host's own lists where absent. */
  readonly packages?: string | undefined;
  readonly stream?: string | undefined;
}

export interface CheckResult {
  readonly report: CheckReport;
  /** What a person should know beside the report. */
  readonly notes: readonly string[];
  /** What could not be read: the report is incomplete. */
  readonly problems: readonly string[];
}

type Ports = Pick<Wire, 'input' | 'fileTree' | 'intelFeed' | 'aptLists' | 'aptDirectory' | 'rpmDatabase'>;

/** Findings of one host or image, without a policy repository. */
export async function checkAsset(ports: Ports, options: CheckOptions): Promise<CheckResult> {
  const { stream } = options;
  if (stream !== undefined && parseStream(stream) === undefined)
    throw new PatchwardenError(
      'usage',
      `"${stream}" is no stream: write distribution:release:architecture, such as debian:12:amd64`,
    );
  const notes: string[] = [];
  const problems: string[] = [];
  const host = await observeTarget(ports, options);
  notes.push(...host.notes);
  problems.push(...host.problems);
  const offered = await candidatesOf(ports, host, options);
  if (offered.problem !== undefined) problems.push(offered.problem);
  if (offered.candidates === null && host.unknown !== 'not-supported')
    notes.push('no package lists: updates cannot be found (name an apt repository with --packages)');
  const intel = await intelOf(ports, host, options.intel);
  if (intel === null)
    notes.push('no intelligence: only updates can be found (name a directory with --intel)');
  problems.push(...(intel?.problems ?? []));
  if (intel !== null) notes.push(...notesOnIntel(host, intel));
  return { report: buildCheckReport({ host, intel, candidates: offered.candidates }), notes, problems };
}

async function observeTarget(ports: Ports, { target, stream }: CheckOptions): Promise<Observation> {
  const input = await ports.input(target);
  if (input.kind === 'file')
    return readReport(input.bytes, { label: target, ...(stream === undefined ? {} : { stream }) });
  const host = await observeRoot(ports.fileTree(target), { live: input.live, rpm: ports.rpmDatabase });
  return stream === undefined ? host : asStream(host, stream);
}

async function intelOf(ports: Ports, host: Observation, dirs: readonly string[]): Promise<Intel | null> {
  if (dirs.length === 0) return null;
  return observeIntel(
    dirs.map((dir) => ports.intelFeed(dir)),
    { ecosystems: new Set(host.stream === null ? [] : [ecosystemOf(host.stream)]) },
  );
}

function notesOnIntel(host: Observation, intel: Intel): readonly string[] {
  const headers = chooseKernels(host.components, host.runningKernel).passedOver;
  return [
    ...(host.ownEcosystem === undefined || host.stream === null
      ? []
      : [
          `${host.ownEcosystem} is judged with the advisories of ${ecosystemOf(host.stream)}, as --stream asks: what only the one or the other built is unknown`,
        ]),
    ...(intel.ignored > 0 ? [`${intel.ignored} files are of none of the known forms`] : []),
    ...(intel.unknownRanges > 0
      ? [`${intel.unknownRanges} ranges of versions are of a kind that no comparator knows`]
      : []),
    ...(headers.length > 0
      ? [
          `${headers.length} packages of a kernel's source carry no kernel and are not judged: ${headers.map((c) => c.name).join(', ')}`,
        ]
      : []),
  ];
}

interface Offered {
  /** Null where nothing is known of what the host's origins offer. */
  readonly candidates: readonly Candidate[] | null;
  readonly problem?: string;
}

async function candidatesOf(ports: Ports, host: Observation, options: CheckOptions): Promise<Offered> {
  const told: Candidate[] = host.offers.map((o) => ({
    ...o,
    sourceVersion: null,
    security: o.origin.includes('-security/'),
    phased: null,
  }));
  const { packages, target } = options;
  if (packages !== undefined)
    return { candidates: [...told, ...offeredBy(await ports.aptDirectory(packages).indexes(), host)] };
  if (host.source !== 'root') return { candidates: told.length > 0 ? told : null };
  try {
    // A list left over from an origin that the host has no more is no offer.
    const declared = new Set(host.origins);
    const indexes = await ports.aptLists(target).indexes();
    const own = indexes.filter((i) => declared.size === 0 || declared.has(i.origin));
    return { candidates: own.length === 0 ? null : offeredBy(own, host) };
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code !== 'source-failed') throw error;
    return { candidates: null, problem: error.message };
  }
}

function offeredBy(indexes: readonly PackageIndex[], host: Observation): readonly Candidate[] {
  const { stream } = host;
  if (stream === null) return [];
  const names = new Set(host.components.map((c) => c.name));
  return indexes
    .filter((i) => concernsStream(i, stream))
    .flatMap((index) => packageRows(index, { stream, names }).rows);
}

/** What `--fail-on` makes of a report. */
export const gateCheck = (report: CheckReport, floor: Severity): GateResult => gateReport(report, floor);

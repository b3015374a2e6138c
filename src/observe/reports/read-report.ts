import { PatchwardenError } from '../../domain/errors.ts';
import { ecosystemOfBaseFiles } from '../../domain/releases.ts';
import { parseStream } from '../../domain/stream.ts';
import { asObject, parseJsonData } from '../../util/json-data.ts';
import { parseDpkgStatus } from '../dpkg-status.ts';
import { mainArch } from '../host-root.ts';
import { asStream, type Observation, observation, unknownReasonOf } from '../observation.ts';
import { isRpmQa } from '../rpm-qa.ts';
import { isDistrolessLock, readDistrolessLock } from './distroless-lock.ts';
import { readPackageList, readVersionMap } from './package-list.ts';
import { readRpmList } from './rpm-list.ts';
import { isVulsResult, readVuls } from './vuls.ts';

export interface ReportOptions {
  /** Name of the file, for messages. */
  readonly label: string;
  /** The stream, where the caller knows better than the file. */
  readonly stream?: string;
}

const MAX_REPORT = 64 << 20;

/**
 * One host or image from one file, whose kind is told by its content: a dpkg status file, an `rpm -qa` list, a distroless
 * lock, a vuls result, or a list of names and versions.
 * @throws PatchwardenError `source-failed` when it is none of these or damaged beyond use
 */
export function readReport(bytes: Uint8Array, options: ReportOptions): Observation {
  const read = readAny(bytes, options);
  return options.stream === undefined ? read : asStream(read, options.stream);
}

function readAny(bytes: Uint8Array, { label, stream }: ReportOptions): Observation {
  if (bytes.length > MAX_REPORT)
    throw new PatchwardenError('source-failed', `${label} is larger than ${MAX_REPORT} bytes`);
  const text = new TextDecoder().decode(bytes);
  if (/^\s*[{[]/.test(text)) return readJson(bytes, label, stream);
  if (/^Package:/m.test(text)) return readStatus(text, label);
  const rpms = isRpmQa(text) ? readRpmList(text, label) : null;
  if (rpms !== null) return rpms;
  const unsupported = otherFormat(text);
  if (unsupported !== undefined) return notSupported(unsupported, label);
  const list = readPackageList(text, label);
  if (list !== null) return list;
  throw new PatchwardenError(
    'source-failed',
    `${label} is no package list that is known: a dpkg status file, an rpm -qa list, a distroless lock, a vuls result, or lines of name and version`,
  );
}

const notSupported = (format: string, label: string): Observation =>
  observation(format, {
    unknown: 'not-supported',
    notes: [`${label} lists ${format} packages, which are not supported yet`],
  });

function readJson(bytes: Uint8Array, label: string, stream: string | undefined): Observation {
  const parsed = parseJsonData(bytes, label, { maxBytes: MAX_REPORT });
  if (!parsed.ok) throw new PatchwardenError('source-failed', parsed.message);
  const document = asObject(parsed.value);
  if (document && isVulsResult(document)) return readVuls(document, label);
  const arch = stream === undefined ? undefined : parseStream(stream)?.arch;
  if (document && isDistrolessLock(document))
    return readDistrolessLock(document, { label, ...(arch === undefined ? {} : { arch }) });
  if (document && Array.isArray(document.rpms)) return notSupported('rpm', label);
  const map = document ? readVersionMap(document) : null;
  if (map !== null) return map;
  throw new PatchwardenError(
    'source-failed',
    `${label} is JSON, but neither a distroless lock nor a vuls result nor a list of packages and versions`,
  );
}

function readStatus(text: string, label: string): Observation {
  // Only a file that has Status fields can be a host's own: others are the parts of status.d put together.
  const { components, problems } = parseDpkgStatus(text, { label, statusOptional: !/^Status:/m.test(text) });
  if (components.length === 0)
    throw new PatchwardenError(
      'source-failed',
      `${label}: no installed package can be read${problems[0] === undefined ? '' : ` (${problems[0]})`}`,
    );
  const ecosystem = ecosystemOfBaseFiles(components.find((c) => c.name === 'base-files')?.version ?? '');
  const arch = mainArch(components);
  const stream = ecosystem === null ? null : `${ecosystem}:${arch ?? 'unknown'}`;
  return observation('dpkg-status', {
    stream,
    components,
    unknown: unknownReasonOf(stream, components),
    statusText: text,
    problems,
  });
}

/** Package formats that are recognised, so that they are not taken for something else. */
function otherFormat(text: string): 'apk' | 'rpm' | undefined {
  const lines = text.slice(0, 65_536).split('\n');
  if (lines.some((l) => /^P:\S/.test(l)) && lines.some((l) => /^V:\S/.test(l))) return 'apk';
  const given = lines.filter((l) => /\S/.test(l) && !/^NAME\s+VERSION/.test(l));
  const rpm = given.filter((l) =>
    /^\S+-[^-\s]+-[^-\s]+\.((x86_64|noarch|aarch64|i686|s390x|ppc64le)|(el|fc|amzn|lp|sles)\d\S*)\s*$/.test(
      l,
    ),
  );
  const apk = given.filter((l) => /^[a-z0-9][\w+.-]*-\d[\w.]*-r\d+(\s|$)|\sapk\s*$/.test(l));
  if (rpm.length * 2 > given.length) return 'rpm';
  return apk.length * 2 > given.length || lines.some((l) => /^alpine-baselayout\s/.test(l))
    ? 'apk'
    : undefined;
}

import type { AdvisoryRow, ClaimRow } from '../../contracts/generated/fleet-rows.ts';
import { asArray, asObject, asString, parseJsonData } from '../../util/json-data.ts';
import { latestOf } from '../../util/moment.ts';
import { scoreOfVector } from '../cvss.ts';
import { isKevCatalog, kevVersion, readKev } from '../kev.ts';
import { isOsvRecord, readOsv } from '../osv.ts';
import { isCsaf, readCsaf } from './csaf.ts';
import { isCveRecord, readCveRecord } from './cve-record.ts';
import { isDebianList, readDebianList } from './debian-list.ts';
import { isDebianTracker, readDebianTracker } from './debian-tracker.ts';
import { isEpssJson, isEpssText, readEpssJson, readEpssText } from './epss.ts';
import { isNvd, readNvd } from './nvd.ts';
import { isOpenVex, readOpenVex } from './openvex.ts';
import { type ClaimUnit, CVE_ID, type Reading, type ReadOptions } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

/** Largest record file; the whole data of a tracker or a year of NVD is one. */
const MAX_RECORD_FILE = 256 << 20;

/**
 * What one file says, by its content. Undefined for what is none of the known forms; a sentence (after the name of the
 * file) for what is damaged.
 */
export function readIntelFile(bytes: Uint8Array, options: ReadOptions): Reading | string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 400)).replace(BOM, '');
  const read = isEpssText(head) ? readEpssText : isDebianList(head) ? readDebianList : undefined;
  if (read !== undefined) {
    const reading = read(new TextDecoder().decode(bytes), options);
    return typeof reading === 'string' ? `: ${reading}` : reading;
  }
  if (!/^\s*[[{]/.test(head) && !options.path.endsWith('.json')) return undefined;
  const parsed = parseJsonData(bytes, '', { maxBytes: MAX_RECORD_FILE });
  if (!parsed.ok) return parsed.message.trimStart();
  const document = asObject(parsed.value);
  const reading = document && readDocument(document, options);
  return typeof reading === 'string' ? `: ${reading}` : reading;
}

/** A byte order mark, read as Latin 1. */
const BOM = /^\u00ef\u00bb\u00bf/;

function readDocument(document: Json, options: ReadOptions): Reading | string | undefined {
  if (isCveRecord(document)) return readCveRecord(document);
  if (isKevCatalog(document)) return kevReading(document);
  if (isOsvRecord(document)) return osvReading(document, options);
  if (isNvd(document)) return readNvd(document);
  if (isOpenVex(document)) return readOpenVex(document, options);
  if (isCsaf(document)) return readCsaf(document, options);
  if (isEpssJson(document)) return readEpssJson(document, options);
  if (isDebianTracker(document)) return readDebianTracker(document, options);
  return undefined;
}

function kevReading(document: Json): Reading {
  const { rows, problems } = readKev(document);
  const version = kevVersion(document);
  return {
    kind: 'kev',
    records: rows.length,
    newest: version,
    parts: [{ kind: 'kev', version, rows }],
    problems: problems.slice(0, 1),
  };
}

function osvReading(document: Json, options: ReadOptions): Reading | string {
  const read = readOsv(document, {
    feed: options.feed,
    ...(options.ecosystems ? { ecosystems: options.ecosystems } : {}),
  });
  if (typeof read === 'string') return read;
  const { advisory, affected, otherEcosystems, unknownRanges } = read;
  const units = osvClaims(document, advisory);
  return {
    kind: 'osv',
    records: 1,
    newest: latestOf([advisory.modified]),
    parts: [
      { kind: 'advisories', items: [{ advisory, affected }] },
      ...(units.length > 0 ? [{ kind: 'claims', units } as const] : []),
    ],
    problems: [],
    otherEcosystems,
    unknownRanges,
  };
}

/** A record of one vulnerability speaks for each CVE id that it has; a bulletin closes many, and rates none. */
function osvClaims(document: Json, advisory: AdvisoryRow): readonly ClaimUnit[] {
  if (advisory.kind === 'bulletin') return [];
  const vectors = asArray(document.severity).flatMap((item) => asString(asObject(item)?.score) ?? []);
  const rated = [...new Set(vectors)].flatMap((vector) => {
    const score = scoreOfVector(vector);
    return score === undefined ? [] : [{ vector, value: String(score) }];
  });
  if (rated.length === 0) return [];
  const source = `osv:${advisory.advisory}`;
  const at = latestOf([advisory.modified]);
  return [advisory.advisory, ...advisory.aliases]
    .filter((id) => CVE_ID.test(id))
    .map((cve) => ({
      cve,
      unit: source,
      at,
      recordAt: at,
      ssvc: null,
      claims:
        advisory.withdrawn === null
          ? rated.map((r): ClaimRow => ({ cve, source, kind: 'cvss', ...r, at }))
          : [],
    }));
}

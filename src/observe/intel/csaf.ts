import type { ClaimRow, VexRow } from '../../contracts/generated/fleet-rows.ts';
import { asArray, asObject, asString, asStrings } from '../../util/json-data.ts';
import { latestOf } from '../../util/moment.ts';
import { scoreOfVector } from '../cvss.ts';
import { productGroups, productNames } from './csaf-products.ts';
import { type ClaimUnit, CVE_ID, type Reading, type ReadOptions, shortText } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a list of products in `product_status` says of them; `recommended` says nothing about the vulnerability. */
const STATUS: readonly (readonly [list: string, status: VexRow['status']])[] = [
  ['known_not_affected', 'not_affected'],
  ['known_affected', 'affected'],
  ['first_affected', 'affected'],
  ['last_affected', 'affected'],
  ['fixed', 'fixed'],
  ['first_fixed', 'fixed'],
  ['under_investigation', 'under_investigation'],
];
const WORD = /^(critical|important|high|moderate|medium|low)$/i;

/** True for a CSAF document: an advisory or a VEX. @see https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html */
export const isCsaf = (document: Json): boolean =>
  typeof asObject(document.document)?.csaf_version === 'string';

/**
 * What a document says of its products (VEX), and of the severity of each vulnerability (claims). Drafts say nothing;
 * a deleted document takes back older copies. A sentence where it has no id.
 */
export function readCsaf(document: Json, { feed }: Pick<ReadOptions, 'feed'>): Reading | string {
  const head = asObject(document.document);
  const tracking = asObject(head?.tracking);
  const id = shortText(asString(tracking?.id) ?? '', 200);
  if (id === '') return 'it has no tracking id';
  const source = `csaf:${shortText(asString(asObject(head?.publisher)?.name) ?? 'unknown', 100)}`;
  const at = latestOf([asString(tracking?.current_release_date)]);
  const common = { kind: 'csaf', records: 1, newest: at } as const;
  const unit = `${source} ${id}`;
  if (tracking?.status === 'draft') return { ...common, parts: [], problems: [] };
  if (tracking?.status === 'deleted')
    return { ...common, parts: [{ kind: 'vex', document: `${feed} ${unit}`, at, rows: [] }], problems: [] };
  const place: Place = {
    source,
    document: id,
    at,
    feed,
    names: productNames(document),
    groups: productGroups(document),
    unknown: new Set(),
  };
  const rows: VexRow[] = [];
  const units: ClaimUnit[] = [];
  for (const item of asArray(document.vulnerabilities)) {
    const vulnerability = asObject(item) ?? {};
    rows.push(...vexRows(vulnerability, place));
    const cve = asString(vulnerability.cve) ?? '';
    const claims = CVE_ID.test(cve) ? severityClaims(cve, vulnerability, place) : [];
    if (claims.length > 0) units.push({ cve, unit, at, recordAt: at, ssvc: null, claims });
  }
  const [lost] = place.unknown;
  return {
    ...common,
    parts: [
      { kind: 'vex', document: `${feed} ${unit}`, at, rows },
      { kind: 'claims', units },
    ],
    problems:
      lost === undefined
        ? []
        : [`it speaks of the product ${JSON.stringify(shortText(lost, 100))}, which it does not describe`],
  };
}

interface Place {
  readonly source: string;
  readonly document: string;
  readonly at: string | null;
  readonly feed: string;
  readonly names: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Products that are spoken of and not described. */
  readonly unknown: Set<string>;
}

function vexRows(vulnerability: Json, place: Place): readonly VexRow[] {
  const { source, document, at, feed, names } = place;
  const name = asString(vulnerability.cve) ?? asString(asObject(asArray(vulnerability.ids)[0])?.text);
  if (name === undefined) return [];
  const lists = asObject(vulnerability.product_status) ?? {};
  const justified = byProduct(vulnerability.flags, place, (flag) => asString(flag.label));
  const impact = byProduct(vulnerability.threats, place, (threat) =>
    threat.category === 'impact' ? asString(threat.details) : undefined,
  );
  const action = byProduct(vulnerability.remediations, place, (remedy) => asString(remedy.details));
  const rows = new Map<string, VexRow>();
  for (const [list, status] of STATUS)
    for (const id of asStrings(lists[list])) {
      if (!names.has(id)) place.unknown.add(id);
      const key = `${status} ${id}`;
      const words =
        status === 'not_affected' ? impact.get(id) : status === 'affected' ? action.get(id) : undefined;
      rows.set(key, {
        source,
        document,
        at,
        vulnerability: shortText(name, 200),
        product: names.get(id) ?? shortText(id),
        status,
        justification: status === 'not_affected' ? (justified.get(id) ?? null) : null,
        statement: words === undefined ? null : shortText(words),
        feed,
      });
    }
  return [...rows.values()];
}

/** A word for each product that the items of a list name, by themselves or by their group; the first counts. */
function byProduct(
  list: unknown,
  { groups }: Place,
  wordOf: (item: Json) => string | undefined,
): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const value of asArray(list)) {
    const item = asObject(value) ?? {};
    const word = wordOf(item);
    if (word === undefined) continue;
    const members = asStrings(item.group_ids).flatMap((g) => groups.get(g) ?? []);
    for (const id of [...asStrings(item.product_ids), ...members]) if (!words.has(id)) words.set(id, word);
  }
  return words;
}

/** Each vector and each word once, however many products it is said of. */
function severityClaims(cve: string, vulnerability: Json, { source, at }: Place): readonly ClaimRow[] {
  // Version 2.1 says metrics, with the scores in their content.
  const scores = [
    ...asArray(vulnerability.scores),
    ...asArray(vulnerability.metrics).map((metric) => asObject(metric)?.content),
  ];
  const vectors = scores.flatMap((item) =>
    Object.entries(asObject(item) ?? {}).flatMap(([key, value]) =>
      key.startsWith('cvss_v') ? (asString(asObject(value)?.vectorString) ?? []) : [],
    ),
  );
  const words = asArray(vulnerability.threats).flatMap((item) => {
    const threat = asObject(item);
    const word = threat?.category === 'impact' ? (asString(threat.details) ?? '') : '';
    return WORD.test(word) ? [word] : [];
  });
  return [
    ...[...new Set(vectors)].flatMap((vector): ClaimRow[] => {
      const score = scoreOfVector(vector);
      return score === undefined ? [] : [{ cve, source, kind: 'cvss', value: String(score), vector, at }];
    }),
    ...[...new Set(words)].map((value): ClaimRow => ({ cve, source, kind: 'word', value, vector: null, at })),
  ];
}

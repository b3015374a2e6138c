import type { VexRow } from '../../contracts/generated/fleet-rows.ts';
import { asArray, asObject, asString, asStrings } from '../../util/json-data.ts';
import { latestOf } from '../../util/moment.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { CVE_ID, type Reading, type ReadOptions, shortText } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

const STATUSES = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;

/** True for an OpenVEX document. @see https://github.com/openvex/spec */
export const isOpenVex = (document: Json): boolean =>
  Array.isArray(document.statements) &&
  [headOf(document)['@context']]
    .flat()
    .some((c) => typeof c === 'string' && c.startsWith('https://openvex.dev/ns'));

/** Canonical's documents keep what is said of the whole under a key of its own. */
const headOf = (document: Json): Json => asObject(document.metadata) ?? document;

/** The statements of a document, each for every product and part of one that it names. A sentence where it has no id. */
export function readOpenVex(document: Json, { feed }: Pick<ReadOptions, 'feed'>): Reading | string {
  const head = headOf(document);
  const id = shortText(asString(head['@id']) ?? '');
  if (id === '') return 'it has no "@id"';
  const source = `openvex:${shortText(asString(head.author) ?? 'unknown', 100)}`;
  const own = latestOf([asString(head.last_updated)]) ?? latestOf([asString(head.timestamp)]);
  const rows: VexRow[] = [];
  // Hubs publish documents of one id for different products: only for the same products is one a newer form of the other.
  const about = new Set<string>();
  const problems: string[] = [];
  const moments: (string | null)[] = [own];
  asArray(document.statements).forEach((item, i) => {
    const statement = asObject(item) ?? {};
    const read = readStatement(statement);
    if (typeof read === 'string') return void problems.push(`statement ${i + 1} ${read}`);
    const at =
      latestOf([asString(statement.last_updated)]) ?? latestOf([asString(statement.timestamp)]) ?? own;
    moments.push(at);
    for (const product of read.products) about.add(product.replace(/^.* in /, ''));
    for (const product of read.products)
      rows.push({ source, document: id, at, ...read.claim, product: shortText(product), feed });
  });
  const newest = latestOf(moments);
  return {
    kind: 'openvex',
    records: 1,
    newest,
    parts: [
      {
        kind: 'vex',
        document: [feed, source, id, ...[...about].sort(compareCodePoints)].join(' '),
        at: newest,
        rows,
      },
    ],
    problems,
  };
}

type Claim = Pick<VexRow, 'vulnerability' | 'status' | 'justification' | 'statement'>;

/** @returns the rest of a sentence that begins with the statement's number, where it is damaged */
function readStatement(statement: Json): { readonly claim: Claim; readonly products: string[] } | string {
  const vulnerability = vulnerabilityOf(statement.vulnerability);
  if (vulnerability === undefined) return 'names no vulnerability';
  const status = STATUSES.find((s) => s === statement.status);
  if (status === undefined) return 'has no status that is known';
  const products = asArray(statement.products).flatMap(productsOf);
  if (products.length === 0) return 'names no product';
  const justification = asString(statement.justification) ?? null;
  const impact = asString(statement.impact_statement);
  if (status === 'not_affected' && justification === null && impact === undefined)
    return 'says not_affected without a justification or an impact statement';
  const words = impact ?? asString(statement.action_statement) ?? asString(statement.status_notes) ?? null;
  return {
    claim: {
      vulnerability,
      status,
      justification: justification === null ? null : shortText(justification, 100),
      statement: words === null ? null : shortText(words),
    },
    products,
  };
}

/** Early documents have the bare name. A CVE id among the names is what the rest of the tables knows. */
function vulnerabilityOf(value: unknown): string | undefined {
  const vulnerability = asObject(value);
  const names = [
    asString(value) ?? asString(vulnerability?.name) ?? asString(vulnerability?.['@id']),
    ...asStrings(vulnerability?.aliases),
  ].filter((n): n is string => n !== undefined && n !== '');
  const name = names.find((n) => CVE_ID.test(n)) ?? names[0];
  return name === undefined ? undefined : shortText(name, 200);
}

function productsOf(value: unknown): string[] {
  const product = asObject(value);
  const name = nameOf(value);
  if (name === undefined) return [];
  const parts = asArray(product?.subcomponents).flatMap((part) => nameOf(part) ?? []);
  return parts.length === 0 ? [name] : parts.map((part) => `${part} in ${name}`);
}

const nameOf = (value: unknown): string | undefined =>
  asString(value) ??
  asString(asObject(asObject(value)?.identifiers)?.purl) ??
  asString(asObject(value)?.['@id']);

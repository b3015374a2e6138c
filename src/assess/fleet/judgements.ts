import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { withoutModuleBuild } from '../../domain/rpm-module.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
import { entry } from '../../util/entry.ts';
import { indexAdvisories } from '../match/advisories.ts';
import type { AdvisorySource } from '../match/advisory-source.ts';
import { type Judgement, sourceJudge } from '../match/judge-source.ts';
import { jsonRows } from './json-rows.ts';
import { createMemory, findFresh, MEMORY, type Memory, recall, remember } from './judgement-memory.ts';

/**
 * Judges every distinct source version by the advisories of its ecosystem; those that the memory has are not judged again.
 *
 * In: `part`, `source_of`, `affected`, `advisories`, `kev`. Out:
 * - `part_source(part, source, ecosystem, advisoryPackage, advisoryVersion, module)`, and `asked(source, …)` of what is
 *   distinct: what was judged
 * - `judgement(source, told, verdict)`
 * - `told(told, advisory, names, severity, published, bulletinAt, kevAdded, kevDue, records, exploits)`: what records tell of
 *   an advisory; `names` are the exact ids of the vulnerability, `bulletinAt` is when a bulletin first told of the fix,
 *   `exploits` are all ids under which it may be exploited
 * - `verdict(verdict, ecosystem, affected, fixed, closedFrom)`
 *
 * Versions and releases share most of what is told of them: it is kept once, and each of them is a row of numbers. The
 * numbers are those of the memory, and mean nothing beside it.
 *
 * @param known the memory `known` is there, and of the same advisories; without it everything is judged
 */
export async function judgeSources(store: FleetStore, known = false): Promise<void> {
  const memory: Memory = known ? 'known' : 'unknown';
  if (!known) await createMemory(store, memory);
  for (const sql of ASKED) await store.run(sql);
  if ((await findFresh(store, memory)) > 0) {
    await judgeFresh(store);
    await remember(store, memory);
  }
  await recall(store, memory);
}

const ASKED = [
  `CREATE OR REPLACE TABLE part_source AS
   SELECT part, dense_rank() OVER (ORDER BY ecosystem, advisoryPackage, advisoryVersion, module)::INTEGER AS source,
     ecosystem, advisoryPackage, advisoryVersion, module
   FROM part JOIN source_of USING (ecosystem, sourcePackage, sourceVersion)`,

  'CREATE OR REPLACE TABLE asked AS SELECT DISTINCT * EXCLUDE (part) FROM part_source',
];

/** Judges the sources in `fresh`. Out: `fresh_judgement`, `fresh_told`, `fresh_verdict`. */
async function judgeFresh(store: FleetStore): Promise<void> {
  const kev = await store.rows<Exploited & { readonly cve: string }>(
    'SELECT cve, min(dateAdded) AS added, min(dueDate) AS due FROM kev GROUP BY cve ORDER BY cve',
  );
  const exploited = new Map(kev.map((k) => [k.cve, k]));
  const records = await jsonRows<IndexedAdvisory & { readonly ecosystems: readonly string[] }>(
    store,
    RECORDS,
    'right(advisory, 2)',
  );
  const said = new Map(records.map((r) => [r.advisory, r]));
  const told = numbered();
  const verdicts = numbered();
  const ecosystems = await store.rows<{ ecosystem: string }>(
    'SELECT DISTINCT ecosystem FROM fresh ORDER BY ecosystem',
  );
  for (const { ecosystem } of ecosystems) {
    const judged = await judgeEcosystem(
      store,
      ecosystem,
      records.filter((r) => r.ecosystems.includes(ecosystem)),
    );
    const numbersOf = (j: Judgement): readonly number[] => [
      told.of([j.advisory, j.kind, j.severity, ...j.records], () => tellOf(j, said, exploited)),
      verdicts.of([ecosystem, affectedBy(j), j.fixedIn], () => verdictOf(j, ecosystem)),
    ];
    await store.append('fresh_judgement', MEMORY.judgement, rows());

    function* rows() {
      const numbers = new Map<Judgement, readonly number[]>();
      for (const { source, judgement } of judged)
        yield [source, ...entry(numbers, judgement, () => numbersOf(judgement))];
    }
  }
  await store.append('fresh_told', MEMORY.told, told.rows);
  await store.append('fresh_verdict', MEMORY.verdict, verdicts.rows);
}

/** The records about the packages of fresh sources, and those that say under which name these are known. */
const RECORDS = `
  WITH near AS (SELECT DISTINCT a.advisory FROM affected a
    SEMI JOIN fresh f ON f.ecosystem = a.ecosystem AND f.advisoryPackage = a.package),
  named AS (FROM near UNION SELECT unnest(related) FROM advisories SEMI JOIN near USING (advisory)),
  wanted AS (FROM named UNION SELECT advisory FROM (SELECT advisory, unnest(aliases) AS alias FROM advisories)
    SEMI JOIN named n ON n.advisory = alias)
  SELECT advisory, kind, aliases, related, summary, published, withdrawn, severity, r.ecosystems
  FROM advisories SEMI JOIN wanted USING (advisory)
  JOIN (SELECT advisory, list(DISTINCT ecosystem) AS ecosystems FROM affected
    WHERE ecosystem IN (SELECT ecosystem FROM fresh) GROUP BY advisory) r USING (advisory)`;

/** Rows by what makes them distinct, each behind its number. */
function numbered() {
  const numbers = new Map<string, number>();
  const rows: (readonly Cell[])[] = [];
  return {
    rows,
    of(distinct: readonly (string | null)[], row: () => readonly Cell[]): number {
      const key = JSON.stringify(distinct);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const number = rows.length + 1;
      numbers.set(key, number);
      rows.push([number, ...row()]);
      return number;
    },
  };
}

/** Days on which a catalogue listed a vulnerability, and wants it fixed. */
interface Exploited {
  readonly added: string;
  readonly due: string | null;
}

type IndexedAdvisory = Pick<
  AdvisoryRow,
  'advisory' | 'kind' | 'aliases' | 'related' | 'summary' | 'published' | 'withdrawn' | 'severity'
>;

async function judgeEcosystem(
  store: FleetStore,
  ecosystem: string,
  advisories: readonly IndexedAdvisory[],
): Promise<Iterable<{ readonly source: number; readonly judgement: Judgement }>> {
  const affected = await jsonRows<AffectedRow>(
    store,
    'SELECT a.* FROM affected a WHERE a.ecosystem = $1 AND a.package IN (SELECT advisoryPackage FROM fresh WHERE ecosystem = $1)',
    'package',
    [ecosystem],
  );
  const sources = await store.rows<{
    source: number;
    name: string;
    version: string;
    module: string | null;
  }>(
    `SELECT source, advisoryPackage AS name, advisoryVersion AS version, module FROM fresh
     WHERE ecosystem = $1 ORDER BY source`,
    [ecosystem],
  );
  const index = indexAdvisories(advisories as readonly AdvisoryRow[], affected, ecosystem);
  const judge = sourceJudge(index);
  return judged();

  function* judged() {
    for (const { source, module, ...row } of sources) {
      const subject: AdvisorySource = module === null ? row : { ...row, module };
      for (const judgement of judge(subject)) yield { source, judgement };
    }
  }
}

/** What the records of a judgement tell: it hangs on them alone, whatever version and release was judged. */
function tellOf(
  j: Judgement,
  said: ReadonlyMap<string, IndexedAdvisory>,
  exploited: ReadonlyMap<string, Exploited>,
): readonly Cell[] {
  const listed = j.exploitIds.flatMap((id) => exploited.get(id) ?? []);
  const days = (kind: AdvisoryRow['kind']) => j.records.flatMap((id) => publishedAs(said.get(id), kind));
  return [
    j.advisory,
    [j.advisory, ...j.aliases],
    j.severity,
    earliest(days(j.kind)),
    earliest(days('bulletin')),
    earliest(listed.map((k) => k.added)),
    earliest(listed.flatMap((k) => k.due ?? [])),
    j.records,
    j.exploitIds,
  ];
}

const verdictOf = (j: Judgement, ecosystem: string): readonly Cell[] => [
  ecosystem,
  affectedBy(j),
  j.fixedIn,
  j.fixedIn === null ? null : withoutModuleBuild(j.fixedIn),
];

const publishedAs = (record: IndexedAdvisory | undefined, kind: AdvisoryRow['kind']): readonly string[] =>
  record?.kind === kind && record.published !== null ? [record.published] : [];

const earliest = (moments: readonly string[]): string | null =>
  moments.reduce<string | null>((first, m) => (first === null || m < first ? m : first), null);

/** Debian calls unimportant what does not concern the binary packages; where it fixes one all the same, the fix counts. */
const affectedBy = (j: Judgement): 'affected' | 'unknown' | 'not-affected' =>
  j.verdict === 'affected' && j.fixedIn === null && j.urgency === 'unimportant' ? 'not-affected' : j.verdict;

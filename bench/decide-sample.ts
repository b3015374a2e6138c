/**
 * Some hosts of an assessed fleet, looked at again one by one: by the deliberately naive implementation of the tests, whose
 * questions are also put to one `opa` process. All three must say the same.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { assetFindings } from '../src/assess/fleet/queries.ts';
import { ROW_TABLES, type RowTable } from '../src/contracts/fleet-tables.ts';
import type { DecideInput } from '../src/contracts/generated/decide-input.ts';
import type { FleetRows } from '../src/contracts/generated/fleet-rows.ts';
import type { PolicyDocuments } from '../src/contracts/policy-repository.ts';
import type { FleetStore } from '../src/ports/fleet-store.ts';
import type { PolicyEngine } from '../src/ports/policy-engine.ts';
import { canonicalJson } from '../src/util/digest.ts';
import { naiveAssess } from '../test/support/naive-assess.ts';

export interface SampleResult {
  readonly questions: number;
  /** Microseconds of `opa` for one question, its start not counted; null where there is no `opa`. */
  readonly opaMicros: number | null;
}

/** @throws Error where two of the three differ */
export async function checkSample(
  store: FleetStore,
  policy: PolicyEngine,
  documents: PolicyDocuments,
  asOf: string,
  hosts: readonly number[],
): Promise<SampleResult> {
  const assets = hosts.map((i) => `host-${String(i).padStart(7, '0')}`);
  const { baselines, exceptions, holds } = documents;
  const asked: DecideInput[] = [];
  const recording: PolicyEngine = {
    ...policy,
    decide: (input) => {
      asked.push(input);
      return policy.decide(input);
    },
  };
  const all = await sampleRows(store, assets);
  type Line = Omit<ReturnType<typeof naiveAssess>[number], 'exceptions'>;
  const line = (f: Line): string =>
    canonicalJson([
      f.asset,
      f.name,
      f.kind,
      f.advisory,
      f.status,
      f.due,
      f.rule,
      f.overdue,
      f.unmitigated,
      f.candidate,
    ]);
  const naive = [...packageByPackage(all)]
    .flatMap((rows) => naiveAssess({ rows, baselines, exceptions, holds, asOf, feeds: [] }, recording))
    .map(line)
    .sort();
  const found = (await assetFindings(store, assets)).map((f) => line(f as Line)).sort();
  same('the fleet and the naive implementation', found, naive);
  const opa = [process.env.OPA, '/usr/local/bin/opa', `${process.env.HOME}/go/bin/opa`].find(
    (p) => p && existsSync(p),
  );
  if (!opa) return { questions: asked.length, opaMicros: null };
  const from = performance.now();
  askOpa(opa, []);
  const started = performance.now();
  const answers = askOpa(opa, asked);
  const ended = performance.now();
  same(
    'opa and wasm',
    answers.map(canonicalJson),
    asked.map((input) => canonicalJson(policy.decide(input))),
  );
  return { questions: asked.length, opaMicros: ((ended - started - (started - from)) / asked.length) * 1000 };
}

/** A host and one of its packages with what is told of it: the naive implementation looks at every row for each. */
function* packageByPackage(all: FleetRows): Generator<FleetRows> {
  for (const asset of all.assets)
    for (const component of all.components.filter((c) => c.set === asset.set)) {
      const affected = all.affected.filter((a) => a.package === component.sourcePackage);
      const ids = new Set(affected.map((a) => a.advisory));
      yield {
        assets: [asset],
        components: [component],
        origins: all.origins.filter((o) => o.asset === asset.asset),
        affected,
        advisories: all.advisories.filter((a) => ids.has(a.advisory)),
        kev: all.kev.filter((k) => ids.has(k.cve)),
        ssvc: (all.ssvc ?? []).filter((s) => ids.has(s.cve)),
        epss: (all.epss ?? []).filter((e) => ids.has(e.cve)),
        packages: all.packages.filter((p) => p.name === component.name),
        firstSeen: all.firstSeen.filter((f) => f.package === component.name),
      };
    }
}

function askOpa(opa: string, inputs: readonly DecideInput[]): readonly unknown[] {
  const query = '[result | some one in input; result := data.main.decide with input as one]';
  const data = ['lib', 'main', 'rules'].flatMap((folder) => ['--data', folder]);
  const text = execFileSync(opa, ['eval', '--format', 'json', '--stdin-input', ...data, query], {
    cwd: 'policies',
    encoding: 'utf8',
    input: JSON.stringify(inputs),
    maxBuffer: 2 ** 29,
  });
  const { result } = JSON.parse(text) as { result: { expressions: { value: unknown[] }[] }[] };
  return result[0]?.expressions[0]?.value ?? [];
}

function same(who: string, a: readonly string[], b: readonly string[]): void {
  const at = a.findIndex((text, i) => text !== b[i]);
  if (at < 0 && a.length === b.length) return;
  throw new Error(`${who} differ (${a.length}, ${b.length}): ${a[at] ?? ''} and ${b[at] ?? b.at(-1) ?? ''}`);
}

const FROM: Partial<Record<RowTable, string>> = {
  assets: `(SELECT a.* EXCLUDE (shapeId, labels, labelOf), h.* EXCLUDE (shapeId, setId, originsId), s."set",
      map_keys(labels) AS labelNames, map_values(labels) AS labelValues
    FROM assets a JOIN shapes h USING (shapeId) JOIN sets s USING (setId) WHERE list_contains($1, asset))`,
  components: `(SELECT DISTINCT s."set", i.* EXCLUDE (componentId)
    FROM (SELECT DISTINCT setId FROM assetFacts WHERE list_contains($1, asset)) JOIN sets s USING (setId)
    JOIN setInstalled USING (setId) JOIN installed i USING (componentId))`,
  origins:
    '(SELECT asset, unnest(o.origins) AS origin FROM assetFacts JOIN originSets o USING (originsId) WHERE list_contains($1, asset))',
};

async function sampleRows(store: FleetStore, assets: readonly string[]): Promise<FleetRows> {
  const rows: Record<string, readonly object[]> = {};
  for (const table of Object.keys(ROW_TABLES) as RowTable[]) {
    // They stand with the assets.
    if (table === 'labels') continue;
    const from = FROM[table];
    rows[table] = await store.rows(`SELECT * FROM ${from ?? table} ORDER BY ALL`, from ? [assets] : []);
  }
  const flat = rows.assets as readonly { labelNames: string[]; labelValues: string[] }[];
  rows.assets = flat.map(({ labelNames, labelValues, ...rest }) => ({
    ...rest,
    labels: Object.fromEntries(labelNames.map((name, i) => [name, labelValues[i]])),
  }));
  return rows as unknown as FleetRows;
}

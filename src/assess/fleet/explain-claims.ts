import type { ExplainedClaim, ExplainedFinding, ExplainedStatement } from '../../domain/explanation.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/** What each source says of the vulnerabilities of some findings on an asset, whether it counts or not. */
export interface ExplainedSources {
  readonly statements: readonly ExplainedStatement[];
  readonly claims: readonly ExplainedClaim[];
}

/** In: `vex_said`, `claims`, and the tables of findings. */
export async function explainSources(
  store: FleetStore,
  asset: string,
  findings: readonly Pick<ExplainedFinding, 'advisory' | 'names' | 'records'>[],
): Promise<ExplainedSources> {
  const advisories = [...new Set(findings.flatMap((f) => f.advisory ?? []))];
  const statements = await store.rows<ExplainedStatement>(
    `SELECT DISTINCT s.advisory, p.name, s.source, s.feed, s.document, s."at", s.vulnerability, s.product, s.status,
       s.justification, s.statement, s.why
     FROM (SELECT shape FROM asset_context WHERE asset = $1) JOIN shape_finding USING (shape) JOIN finding f USING (finding)
     JOIN part p USING (part) JOIN vex_said s ON s.part = f.part AND s.advisory = f.advisory
     WHERE list_contains($2, f.advisory) ORDER BY ALL`,
    [asset, advisories],
  );
  const names = [...new Set([...advisories, ...findings.flatMap((f) => f.names)])];
  const own = findings.flatMap((f) => f.records.map((record) => `osv:${record}`));
  const claims = await store.rows<Omit<ExplainedClaim, 'counts'>>(
    `SELECT DISTINCT cve, source, kind, value, vector, "at" FROM claims WHERE list_contains($1, cve) ORDER BY ALL`,
    [names],
  );
  return { statements, claims: claims.map((c) => ({ ...c, counts: own.includes(c.source) })) };
}

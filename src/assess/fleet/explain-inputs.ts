import type { FindingInputs } from '../../domain/explanation.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { NEWEST_OF_SOURCE } from './threats.ts';

/** Ids that a finding has: of the records that claim it, and of everything under which it may be exploited. */
interface Named {
  readonly records: readonly string[];
  readonly exploits: readonly string[];
}

/**
 * What each source says about the vulnerabilities of some findings, read once for all of them.
 * In: `advisories`, `kev`, `ssvc`, `epss`. Of several statements of one source about one vulnerability the newest.
 */
export async function inputsOf(
  store: FleetStore,
  findings: readonly Named[],
): Promise<(records: readonly string[], exploits: readonly string[]) => FindingInputs> {
  const records = [...new Set(findings.flatMap((f) => f.records))];
  const exploits = [...new Set(findings.flatMap((f) => f.exploits))];
  const told = await store.rows<FindingInputs['records'][number]>(
    `SELECT advisory AS record, feed, severity, severitySource, published, modified FROM advisories
     WHERE list_contains($1, advisory) ORDER BY advisory, feed`,
    [records],
  );
  const exploited = await store.rows<FindingInputs['exploited'][number]>(
    'SELECT cve, dateAdded, dueDate FROM kev WHERE list_contains($1, cve) ORDER BY cve, dateAdded',
    [exploits],
  );
  const ssvc = await store.rows<FindingInputs['ssvc'][number]>(
    `SELECT cve, source, "at", exploitation, automatable, technicalImpact FROM ssvc WHERE list_contains($1, cve)
     ${NEWEST_OF_SOURCE}
     ORDER BY cve, source`,
    [exploits],
  );
  const epss = await store.rows<FindingInputs['epss'][number]>(
    'SELECT cve, score, modelDate FROM epss WHERE list_contains($1, cve) ORDER BY cve, modelDate',
    [exploits],
  );
  return (ids, cves) => ({
    records: told.filter((r) => ids.includes(r.record)),
    exploited: exploited.filter((r) => cves.includes(r.cve)),
    ssvc: ssvc.filter((r) => cves.includes(r.cve)),
    epss: epss.filter((r) => cves.includes(r.cve)),
  });
}

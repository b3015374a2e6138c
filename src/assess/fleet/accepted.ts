import type { Reason } from '../../contracts/generated/decide-output.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/** A vulnerability that an exception accepts, in one version of a package; on how many assets is not told. */
export interface AcceptedFinding {
  readonly exception: string;
  readonly advisory: string;
  /** Exact ids of it, its own among them. */
  readonly names: readonly string[];
  readonly stream: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

/**
 * What exceptions really accept: an exception that a rule ignores, or that covers what is fixed, accepts nothing.
 *
 * In: the tables of an assessment.
 */
export async function acceptedFindings(store: FleetStore): Promise<readonly AcceptedFinding[]> {
  const answers = await store.rows<{ decision: number; reasons: string }>(
    `SELECT decision, reasons FROM answer_status WHERE status IN ('excepted', 'mitigated') ORDER BY decision`,
  );
  await store.run('CREATE OR REPLACE TABLE accepted (decision INTEGER, exception VARCHAR)');
  await store.append(
    'accepted',
    ['decision', 'exception'],
    answers.flatMap(({ decision, reasons }) =>
      (JSON.parse(reasons) as Reason[]).flatMap(({ effect, subject }) =>
        (effect === 'excepted' || effect === 'mitigated') && subject !== undefined
          ? [[decision, subject] as const]
          : [],
      ),
    ),
  );
  return store.rows<AcceptedFinding>(
    `SELECT DISTINCT a.exception, f.advisory, h.names, p.stream, p.name, p.arch, p.version
     FROM accepted a JOIN cell c USING (decision) JOIN finding f USING (finding) JOIN part p USING (part)
     JOIN hit_part h ON h.part = f.part AND h.advisory = f.advisory
     ORDER BY a.exception, f.advisory, p.name, p.stream, p.arch, p.version`,
  );
}

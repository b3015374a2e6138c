import type { Reason } from '../../contracts/generated/decide-output.ts';
import type { AcceptedFinding } from '../../domain/accepted-risk.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * What exceptions really accept: an exception that a rule ignores, or that covers what is fixed, accepts nothing.
 *
 * In: the tables of an assessment.
 */
export async function acceptedFindings(store: FleetStore): Promise<readonly AcceptedFinding[]> {
  const answers = await store.rows<{ decision: number; reasons: string }>(
    `SELECT decision, reasons FROM answer_status WHERE status IN ('excepted', 'mitigated') ORDER BY decision`,
  );
  await store.run('CREATE OR REPLACE TABLE accepted (decision BIGINT, exception VARCHAR)');
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
    `SELECT DISTINCT a.exception, f.advisory, t.names, p.stream, p.name, p.arch, p.version
     FROM accepted a JOIN cell c USING (decision) JOIN finding f USING (finding) JOIN part p USING (part)
     JOIN hit_part h ON h.part = f.part AND h.advisory = f.advisory JOIN told t USING (told)
     ORDER BY a.exception, f.advisory, p.name, p.stream, p.arch, p.version`,
  );
}

import type { PinnedMove, PinnedMoves, WorstMove } from '../../domain/pinned-moves.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

const WORST = 20;

/** What merging pins.json would change. In: the tables of `joinPinnedWorld`. */
export async function pinnedMoves(store: FleetStore): Promise<PinnedMoves> {
  const matrix = await store.rows<PinnedMove>(
    `SELECT m."from", m."to", m.findings, coalesce(a.assets, 0)::BIGINT AS assets, m.overdue, m.overdueAfter FROM
       (SELECT status AS "from", nextStatus AS "to", sum(assets)::BIGINT AS findings,
          coalesce(sum(assets) FILTER (late), 0)::BIGINT AS overdue,
          coalesce(sum(assets) FILTER (nextLate), 0)::BIGINT AS overdueAfter
        FROM pinned_move GROUP BY ALL) m
     LEFT JOIN (SELECT s.status AS "from", s.nextStatus AS "to", sum(p.assets) AS assets
       FROM (SELECT DISTINCT m.status, m.nextStatus, m.kin, sp.shape
         FROM pinned_move m JOIN place_finding f USING (finding) JOIN shape_place sp USING (place)) s
       JOIN population p USING (shape) JOIN kin_of k ON k.context = p.context AND k.kin = s.kin GROUP BY ALL) a
     ON a."from" = m."from" AND a."to" IS NOT DISTINCT FROM m."to"
     ORDER BY m."from", m."to" NULLS LAST`,
  );
  const worst = await store.rows<WorstMove>(
    `SELECT f.advisory, f.stream, t.name, f.severity, f.kev, m.status AS "from", m.due, m.nextStatus AS "to", m.nextDue,
       sum(m.assets)::BIGINT AS assets
     FROM pinned_move m JOIN finding f USING (finding) LEFT JOIN part t USING (part)
     GROUP BY ALL ORDER BY m.due NULLS LAST, assets DESC, t.name, f.advisory, "from", "to", m.nextDue, f.stream LIMIT ${WORST}`,
  );
  return { matrix, worst };
}

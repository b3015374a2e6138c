import type { DecideOutput } from '../../contracts/generated/decide-output.ts';

type Status = DecideOutput['status'];

/**
 * How much a status asks of somebody, from nothing to most. Of two answers about one finding the one that asks more is the
 * stricter; a finding that is not there asks nothing. Statuses that ask nothing are equally strict.
 */
const DEMAND: Readonly<Record<Status, number>> = {
  'not-affected': 0,
  fixed: 0,
  excepted: 0,
  mitigated: 0,
  ungoverned: 0,
  unknown: 1,
  'no-fix': 2,
  rejected: 3,
  waiting: 4,
  pinned: 5,
  'pending-reboot': 6,
  missing: 7,
};

/** Which clock a due day belongs to: only days of one clock can be compared. */
type Clock = 'none' | 'mitigate' | 'patch';

export const demandOf = (status: Status | null): number => (status === null ? 0 : DEMAND[status]);

export const clockOf = (status: Status | null): Clock => {
  const demand = demandOf(status);
  return demand > DEMAND['no-fix'] ? 'patch' : demand === DEMAND['no-fix'] ? 'mitigate' : 'none';
};

const caseSql = (column: string, of: (status: Status) => string | number, otherwise: string): string => {
  const branches = (Object.keys(DEMAND) as Status[]).map((s) => `WHEN '${s}' THEN ${of(s)}`);
  return `CASE ${column} ${branches.join(' ')} ELSE ${otherwise} END`;
};

/** SQL of {@link demandOf}. */
export const demandSql = (column: string): string => caseSql(column, demandOf, '0');

/** SQL of {@link clockOf}. */
export const clockSql = (column: string): string => caseSql(column, (s) => `'${clockOf(s)}'`, `'none'`);

/** SQL list of the statuses that are open: due and not done. */
export const OPEN_SQL = `'${(Object.keys(DEMAND) as Status[]).filter((s) => clockOf(s) === 'patch').join("', '")}'`;

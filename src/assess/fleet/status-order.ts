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

/** What has to be done by a due day. */
type Kind = DecideOutput['obligations'][number]['kind'];
/** Which clock a due day belongs to: only days of one clock can be compared. */
type Clock = 'none' | 'any' | Kind;

export const demandOf = (status: Status | null): number => (status === null ? 0 : DEMAND[status]);

/**
 * The clock of an answer is that of its duty, also beneath an exception. Without a duty it is what the status asks for, and
 * an exception, beneath which nobody sees, takes a day of either clock.
 */
export const clockOf = (status: Status | null, kind: Kind | null = null): Clock => {
  if (kind !== null) return kind;
  if (status === 'excepted' || status === 'mitigated') return 'any';
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
export const clockSql = (status: string, kind: string): string =>
  `coalesce(${kind}, ${caseSql(status, (s) => `'${clockOf(s)}'`, `'none'`)})`;

/** SQL list of the statuses that are open: due and not done. */
export const OPEN_SQL = `'${(Object.keys(DEMAND) as Status[]).filter((s) => clockOf(s) === 'patch').join("', '")}'`;

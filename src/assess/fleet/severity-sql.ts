import { SEVERITIES } from '../../domain/severity.ts';

const ORDER = `['${SEVERITIES.join("', '")}']`;

/** SQL aggregate: the worst severity of a column; `unknown` only when nothing else is there. */
export const worstSeverity = (column: string): string =>
  `coalesce(${ORDER}[min(list_position(${ORDER}, ${column}))], 'unknown')`;

import type { ExplainedClaim, ExplainedStatement } from '../domain/explanation.ts';
import { printable } from '../util/printable.ts';

/** What sources say, as lines; empty where nobody says anything. Everything of it comes from outside. */
export function claimsText(
  statements: readonly ExplainedStatement[],
  claims: readonly ExplainedClaim[],
): readonly string[] {
  return [
    ...(statements.length === 0 ? [] : [`What vendors say\n${statements.map(statementLine).join('')}`]),
    ...(claims.length === 0 ? [] : [`Severity by source\n${claims.map(claimLine).join('')}`]),
  ];
}

function statementLine(s: ExplainedStatement): string {
  const words = [s.justification, s.statement].flatMap((w) => w ?? []);
  const because = words.length === 0 ? '' : ` (${words.join('; ')})`;
  const when = s.at === null ? '' : ` on ${s.at}`;
  const said = `${s.source}${when}: ${s.status} for ${s.product}${because}`;
  return `  ${printable(`${said}; ${s.why === null ? 'it counts' : `it does not count: ${s.why}`}`)}\n`;
}

function claimLine(c: ExplainedClaim): string {
  const vector = c.vector === null ? '' : ` ${c.vector}`;
  const when = c.at === null ? '' : ` on ${c.at}`;
  return `  ${printable(`${c.source}${when}: ${c.kind} ${c.value}${vector}`)}${c.counts ? '; it counts' : ''}\n`;
}

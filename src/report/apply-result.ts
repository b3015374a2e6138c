import { printable } from '../util/printable.ts';

/** What a report of apply needs to know of one host. */
interface HostLine {
  readonly asset: string;
  readonly baseline: string;
  readonly ring: string;
  readonly state: string;
  readonly reason: string;
  readonly packages: readonly string[];
}

interface RingLine {
  readonly baseline: string;
  readonly ring: string;
  readonly generation: number;
  readonly state: string;
  readonly reason: string;
  readonly until: string | null;
}

export interface ApplyLike {
  readonly head: string;
  readonly busy: { readonly holder: string; readonly until: string } | null;
  readonly rings: readonly RingLine[];
  readonly hosts: readonly HostLine[];
}

/** A line a ring, a line a host, and what was planned for it where something was. */
export function applyResultText({ head, busy, rings, hosts }: ApplyLike): string {
  const lines = [`Verified head ${head.slice(0, 12)}`];
  if (busy) lines.push(`Another controller is at work: ${busy.holder}, until ${busy.until} at the latest.`);
  else if (rings.length === 0) lines.push('No ring of a baseline in mode apply has a merged lock.');
  for (const r of rings) {
    const until = r.until === null ? '' : `, until ${r.until}`;
    lines.push(`${r.baseline}/${r.ring}  generation ${r.generation}  ${r.state}  ${r.reason}${until}`);
    for (const h of hosts.filter((x) => x.baseline === r.baseline && x.ring === r.ring)) {
      lines.push(`  ${h.asset}  ${h.state}  ${h.reason}`);
      if (h.state !== 'equal') lines.push(...h.packages.map((p) => `    ${p}`));
    }
  }
  return lines.map((l) => `${printable(l)}\n`).join('');
}

/** The last line of the event stream: `{event: "result", head, busy, rings: […], hosts: […]}` on one line. */
export const applyResultJson = (result: ApplyLike): string =>
  `${JSON.stringify({ event: 'result', ...result })}\n`;

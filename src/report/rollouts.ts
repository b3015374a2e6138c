import { printable } from '../util/printable.ts';
import { textTable } from './table.ts';

interface RingLike {
  readonly baseline: string;
  readonly ring: string;
  readonly generation: number;
  readonly state: string;
  readonly reason: string;
  readonly wave: number | null;
  readonly hosts: Readonly<Record<string, number>>;
  readonly halts: readonly string[];
  readonly next: string | null;
}

/** A row a ring, then the halts in force. */
export function rolloutsText(rings: readonly RingLike[]): string {
  if (rings.length === 0) return 'No ring of a baseline in mode apply has a lock.\n';
  const rows = rings.map((r) => [
    `${r.baseline}/${r.ring}`,
    String(r.generation),
    r.wave === null ? '-' : String(r.wave),
    r.state,
    Object.entries(r.hosts)
      .map(([state, n]) => `${n} ${state}`)
      .join(', ') || '-',
    r.next ?? '-',
    printable(r.reason),
  ]);
  const halts = [...new Set(rings.flatMap((r) => r.halts))].map((h) => `Halted: ${printable(h)}\n`);
  const head = ['ring', 'generation', 'wave', 'state', 'hosts', 'next', 'reason'];
  return textTable([head, ...rows], [1, 2]) + halts.join('');
}

/** `{rollouts: [{baseline, ring, generation, state, reason, wave, hosts, halts, next}]}` */
export const rolloutsJson = (rings: readonly RingLike[]): string =>
  `${JSON.stringify({ rollouts: rings }, null, 2)}\n`;

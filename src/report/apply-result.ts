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

interface ApplyLike {
  readonly head: string;
  readonly hosts: readonly HostLine[];
}

/** A line a host, and what was planned for it where something was. */
export function applyResultText({ head, hosts }: ApplyLike): string {
  const top = `Verified head ${head.slice(0, 12)}\n`;
  if (hosts.length === 0)
    return `${top}No host is governed by a baseline in mode apply with a merged lock.\n`;
  return (
    top +
    hosts
      .map((h) => {
        const line = `${h.asset}  ${h.state}  ${h.baseline}/${h.ring}  ${h.reason}`;
        const packages = h.state === 'equal' ? [] : h.packages.map((p) => `    ${p}`);
        return [line, ...packages].map((l) => `${printable(l)}\n`).join('');
      })
      .join('')
  );
}

/** `{head, hosts: [{asset, baseline, ring, state, reason, code, run, packages}]}` */
export const applyResultJson = (result: ApplyLike): string => `${JSON.stringify(result, null, 2)}\n`;

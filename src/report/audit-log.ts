import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import { unreachable } from '../domain/errors.ts';
import type { Logged } from '../domain/evidence.ts';
import { formatHaltScope } from '../domain/halt.ts';
import { printable } from '../util/printable.ts';

type Leaf = Logged & { readonly leaf: string };

const short = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** One line for people: what happened, on whose authority. */
export function summaryOf(entry: EvidenceEntry): string {
  switch (entry.type) {
    case 'proposal':
      return `pull request ${entry.pull}: ${entry.kind} ${entry.scope}, content ${short(entry.contentDigest)}`;
    case 'approval':
      return `pull request ${entry.pull}: approved by ${entry.person}, content ${short(entry.contentDigest)}`;
    case 'export':
      return `pull request ${entry.pull}: what the forge said of its merge as ${short(entry.merge)}`;
    case 'merge':
      return `pull request ${entry.pull}: merged by ${entry.merger} as ${short(entry.commit)}, ${count(entry.approvals.length, 'approval')}, ${count(entry.locks.length, 'lock')}`;
    case 'intent':
      return `${entry.asset}: will install ${count(entry.packages.length, 'package')} of lock ${short(entry.lock)}, merged as ${short(entry.merge)}${entry.parts === undefined ? '' : `, part ${entry.part ?? 1} of ${entry.parts}`}`;
    case 'effect':
      return `${entry.asset}: ${entry.outcome}${entry.reason === undefined ? '' : ` (${entry.reason})`}, lock ${short(entry.lock)}`;
    case 'verification':
      return `${entry.asset}: ${entry.state} with lock ${short(entry.lock)}`;
    case 'health':
      return `${entry.asset}: ${entry.verdict} since ${entry.since}, ${entry.samples} samples`;
    case 'proven':
      return `${entry.baseline}/${entry.ring} generation ${entry.generation}: ${entry.patched} hosts patched, ${entry.others} others`;
    case 'halt':
      return `halt ${formatHaltScope(entry.scope)} by ${entry.by}: ${entry.reason}`;
    case 'lift':
      return `lift of ${entry.halt.slice(7, 19)} by ${entry.by}: ${entry.reason}`;
    default:
      return unreachable(entry);
  }
}

/** A line an entry: number, time, type, first digits of the leaf hash, summary. */
export function auditLogText(entries: readonly Leaf[]): string {
  if (entries.length === 0) return 'The evidence log is empty.\n';
  const width = String(entries.length - 1).length;
  return entries
    .map(({ index, entry, leaf }) => {
      const columns = [
        String(index).padStart(width),
        entry.time,
        entry.type.padEnd('verification'.length),
        leaf.slice(0, 12),
        printable(summaryOf(entry)),
      ];
      return `${columns.join('  ')}\n`;
    })
    .join('');
}

/** An array of `{index, time, type, summary, leaf, entry}`; `leaf` is the RFC 6962 hash as hex. */
export const auditLogJson = (entries: readonly Leaf[]): string =>
  `${JSON.stringify(
    entries.map(({ index, entry, leaf }) => ({
      index,
      time: entry.time,
      type: entry.type,
      summary: summaryOf(entry),
      leaf,
      entry,
    })),
    null,
    2,
  )}\n`;

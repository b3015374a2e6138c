import { type EvidenceVerdict, formatHead } from '../domain/evidence.ts';
import { printable } from '../util/printable.ts';

const entries = (n: number): string => `${n} ${n === 1 ? 'entry' : 'entries'}`;

/** `{ok, entries, head}`, with `open` when runs are under way and `problems` when it does not verify. */
export function auditVerifyJson({ ok, head, open, problems }: EvidenceVerdict): string {
  const report = {
    ok,
    entries: head.size,
    head: formatHead(head),
    ...(open.length > 0 ? { open } : {}),
    ...(ok ? {} : { problems }),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

export function auditVerifyText({ ok, head, open, problems }: EvidenceVerdict): string {
  const lines = [
    ok
      ? `The evidence verifies: ${entries(head.size)}, head ${formatHead(head)}.`
      : `The evidence does not verify (${entries(head.size)}, head ${formatHead(head)}):`,
    ...problems.map((p) => `- ${printable(p.message)}`),
    ...open.map(
      (o) => `Under way or interrupted: entry ${o.entry}, ${printable(o.asset)}, run ${printable(o.run)}.`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

import { baselinePath } from '../domain/document-paths.ts';
import { printable } from '../util/printable.ts';
import { claimsText } from './explain-claims-text.ts';
import { findingText } from './explain-finding.ts';
import { type ExplanationView, placeOf } from './explain-view.ts';
import { textTable } from './table.ts';

type Holding = ExplanationView['holding'][number];

/** The whole verdict of one advisory, or a line for each finding. Everything from outside is made printable. */
export function explainText(view: ExplanationView, whole: boolean): string {
  const parts = [assetText(view)];
  if (!whole) parts.push(listText(view));
  else {
    for (const finding of view.findings) parts.push(findingText(finding, view));
    for (const exception of view.exceptions) parts.push(exceptionText(exception, view));
  }
  for (const h of view.holding) parts.push(holdingText(h));
  if (view.sources) parts.push(...claimsText(view.sources.statements, view.sources.claims));
  parts.push(snapshotText(view));
  return parts.join('\n');
}

const holdingText = ({ exception, firstAccepted, since, renewals, widened }: Holding): string =>
  printable(
    [
      `The exception ${exception} accepts the risk since ${since} without a break, renewed ${renewals} times`,
      ...(firstAccepted < since ? [`it was accepted first on ${firstAccepted}`] : []),
      ...(widened ? ['it may cover more than what was accepted first'] : []),
    ].join('; '),
  ) + '\n';

function assetText({ asOf, asset, documents, labelSources }: ExplanationView): string {
  const { baseline, ring, unknown, selectedBy } = asset;
  const labels = Object.entries(asset.labels).map(([label, value]) => {
    const source = Object.hasOwn(labelSources, label) ? labelSources[label] : undefined;
    return `${label}=${value}${source === undefined ? '' : ` (${source})`}`;
  });
  const governed =
    baseline === null
      ? 'no baseline governs it'
      : `baseline ${baseline} (${placeOf(baselinePath(baseline), documents)}), ${ring === null ? 'no ring' : `ring ${ring}`}`;
  const others = selectedBy.filter((s) => s.baseline !== baseline);
  const lines = [
    `${asset.asset}, ${asset.stream ?? 'no stream'}, as of ${asOf}`,
    `  ${governed}${unknown === null ? '' : `; unknown: ${unknown}`}`,
    `  seen ${asset.observedAt} by ${asset.source}; labels ${labels.join(', ') || 'none'}`,
  ];
  if (others.length > 0)
    lines.push(
      `  also selected by ${others.map((o) => `${o.baseline} (priority ${o.priority})`).join(', ')}, which ${baseline === null ? 'ties' : 'counts less'}`,
    );
  return `${lines.map(printable).join('\n')}\n`;
}

const listText = ({ findings }: ExplanationView): string =>
  textTable([
    ['status', 'due', 'package', 'installed', 'advisory', 'severity', 'owner', 'by rule'],
    ...findings.map((f) => [
      f.status,
      `${f.duties.find((d) => d.binds)?.due ?? '-'}${f.overdue || f.unmitigated ? ' !' : ''}`,
      f.name ?? '-',
      f.version ?? '-',
      f.advisory ?? (f.kind === 'update' ? 'update' : '-'),
      f.severity,
      f.responsible.owner ?? 'nobody',
      f.duties.find((d) => d.binds)?.rule ?? '-',
    ]),
  ]);

function exceptionText(e: ExplanationView['exceptions'][number], { documents }: ExplanationView): string {
  const controls = e.controls.length === 0 ? 'no control' : `controls: ${e.controls.join('; ')}`;
  const lines = [
    `The exception ${e.exception} ${e.holds ? 'holds' : 'does not hold'} here: ${e.why}`,
    `  ${e.decision}, ${e.validFrom} to ${e.validUntil}, ${controls} (${placeOf(e.file, documents)})`,
    `  ${e.owner}, ${e.ticket}: ${e.reason}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function snapshotText({ snapshots }: ExplanationView): string {
  const all = Object.entries(snapshots).map(
    ([name, { digest, at }]) => `${name} ${digest.slice(0, 'sha256:'.length + 12)} of ${at}`,
  );
  return `Decided on: ${printable(all.join(', '))}\n`;
}

import { printable } from '../util/printable.ts';

/** What the demo did, as its summary shows it. */
export interface DemoFacts {
  readonly directory: string;
  readonly origin: string;
  readonly repository: string;
  readonly asset: string;
  readonly bundled: string | null;
  readonly findings: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly decisions: number;
  readonly proposals: readonly {
    readonly number: number;
    readonly branch: string;
    readonly state: string;
    readonly title: string;
    readonly files: readonly string[];
    readonly contentDigest: string;
  }[];
  readonly anchor: string;
  readonly evidence: { readonly entries: number; readonly head: string };
}

export const demoJson = (facts: DemoFacts): string => `${JSON.stringify(facts, null, 2)}\n`;

/** What happened, where it lies, and what to type next. */
export function demoText(facts: DemoFacts): string {
  const { repository, asset, bundled, evidence } = facts;
  const statuses = Object.entries(facts.byStatus).map(([status, n]) => `${n} ${status}`);
  return [
    '',
    bundled === null
      ? `Looked at ${asset}, this machine. Nothing on it was changed.`
      : `Looked at a bundled real host, because ${bundled}.`,
    `${facts.findings} findings (${statuses.join(', ')}) by ${facts.decisions} distinct decisions.`,
    '',
    ...facts.proposals.flatMap((p) => [
      `pull request ${p.number}, ${p.state}: ${p.title}`,
      `  branch ${p.branch}`,
      ...p.files.map((f) => `  file   ${f}`),
      `  digest ${p.contentDigest}`,
    ]),
    '',
    `Evidence: ${evidence.entries} entries, head ${evidence.head}`,
    '',
    'Everything is in',
    `  ${facts.directory}`,
    'What to type next:',
    `  git -C ${repository} pull -q && git -C ${repository} log --show-signature`,
    ...['pr show 1', 'status', 'audit log', `audit verify --trust-anchor ${facts.anchor}`].map(
      (verb) => `  npx patchwarden ${verb} --repo ${repository}`,
    ),
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
}

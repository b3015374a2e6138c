import { printable } from '../util/printable.ts';

/** One host of a plan, as far as the summary shows it. */
type PlannedHost =
  | { readonly kind: 'unknown'; readonly asset: string; readonly reason: string }
  | {
      readonly kind: 'plan';
      readonly refusal: string | null;
      readonly plan: {
        readonly asset: string;
        readonly packages: readonly unknown[];
        readonly steps: readonly { readonly step: string; readonly argv?: readonly string[] }[];
      };
    };

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
  readonly plan: { readonly hosts: readonly PlannedHost[] };
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
    ...(facts.plan.hosts.length === 0
      ? ['apply would touch no host: a package list is no host.']
      : facts.plan.hosts.flatMap(planned)),
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

/** The command that would install, shortened: the files alone can be dozens. */
function planned(host: PlannedHost): readonly string[] {
  if (host.kind === 'unknown') return [`apply would leave ${host.asset} alone: ${host.reason}`];
  const install = host.plan.steps.find((s) => s.step === 'install')?.argv ?? [];
  const options = install.filter((word) => !word.endsWith('.deb'));
  return [
    `apply would install ${host.plan.packages.length} packages on ${host.plan.asset}:`,
    `  ${options.join(' ')} … ${install.length - options.length} files`,
    ...(host.refusal === null ? [] : [`  but refuses here: ${host.refusal}`]),
  ];
}

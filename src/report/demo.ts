import { printable } from '../util/printable.ts';

/** One host of a plan, as far as the summary shows it. */
interface PlannedHost {
  readonly asset: string;
  readonly reason: string;
  readonly plan: {
    readonly packages: readonly { readonly name: string; readonly version: string }[];
  } | null;
}

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
  readonly plan: { readonly rings: readonly { readonly hosts: readonly PlannedHost[] }[] };
  readonly anchor: string;
  readonly evidence: { readonly entries: number; readonly head: string };
}

export const demoJson = (facts: DemoFacts): string => `${JSON.stringify(facts, null, 2)}\n`;

/** What happened, where it lies, and what to type next. */
export function demoText(facts: DemoFacts): string {
  const { repository, asset, bundled, evidence } = facts;
  const hosts = facts.plan.rings.flatMap((r) => r.hosts);
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
    ...(hosts.length === 0
      ? ['apply would touch no host: a package list is no host.']
      : hosts.flatMap(planned)),
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

const SHOWN = 5;

/** What would be installed, shortened: packages can be dozens. */
function planned({ asset, reason, plan }: PlannedHost): readonly string[] {
  if (!plan) return [`apply would leave ${asset} alone: ${reason}`];
  const names = plan.packages.slice(0, SHOWN).map((p) => `${p.name} ${p.version}`);
  const more = plan.packages.length - names.length;
  return [
    `apply would install ${plan.packages.length} packages on ${asset}:`,
    `  ${names.join(', ')}${more > 0 ? ` … ${more} more` : ''}`,
    `  ${reason}`,
  ];
}

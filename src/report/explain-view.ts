import type {
  DocumentSource,
  ExplainedAsset,
  ExplainedClaim,
  ExplainedException,
  ExplainedFinding,
  ExplainedPin,
  ExplainedStatement,
} from '../domain/explanation.ts';
import type { Responsibility } from '../domain/responsibility.ts';

/** What the text needs of an explanation. */
export interface ExplanationView {
  readonly asOf: string;
  readonly asset: Omit<ExplainedAsset, 'exceptions'>;
  readonly findings: readonly FindingView[];
  readonly exceptions: readonly ExplainedException[];
  readonly holding: readonly {
    readonly exception: string;
    readonly firstAccepted: string;
    readonly since: string;
    readonly renewals: number;
    readonly widened: boolean;
  }[];
  readonly sources: {
    readonly statements: readonly ExplainedStatement[];
    readonly claims: readonly ExplainedClaim[];
  } | null;
  readonly rules: readonly {
    readonly id: string;
    readonly title: string;
    readonly path: string;
    readonly line: number;
    readonly controls: readonly { readonly title: string; readonly control: string }[];
  }[];
  readonly labelSources: Readonly<Record<string, string>>;
  readonly documents: readonly DocumentSource[];
  readonly snapshots: Readonly<Record<string, { readonly digest: string; readonly at: string }>>;
  readonly feeds: readonly {
    readonly label: string;
    readonly kind: string;
    readonly newest: string | null;
  }[];
}

export type FindingView = Omit<ExplainedFinding, 'exceptions'> & {
  readonly responsible: Responsibility;
  readonly next: { readonly day: string; readonly what: string } | null;
  readonly pin?: ExplainedPin | null;
};

/** A document with the commit that brought it, as far as one is known. */
export function placeOf(file: string, documents: readonly DocumentSource[]): string {
  const source = documents.find((d) => d.file === file);
  if (source?.state === 'changed') return `${file}, changed since the last commit`;
  return source?.commit ? `${file} of commit ${source.commit.slice(0, 12)}` : file;
}

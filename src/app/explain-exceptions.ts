import type { ExceptionUse } from '../assess/fleet/exception-use.ts';
import { unmetPart } from '../assess/fleet/explain-select.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import { selectorText } from '../contracts/selector-text.ts';
import { exceptionPath } from '../domain/document-paths.ts';
import type { ExplainedException, ExplainedFinding } from '../domain/explanation.ts';
import type { FleetStore } from '../ports/fleet-store.ts';

interface Explained {
  readonly asset: string;
  readonly findings: readonly ExplainedFinding[];
}

/** Every exception that names one of these findings by advisory or component, and why it does or does not hold. */
export async function explainExceptions(
  store: FleetStore,
  exceptions: readonly Exception[],
  uses: readonly ExceptionUse[],
  { asset, findings }: Explained,
): Promise<readonly ExplainedException[]> {
  const state = new Map(uses.map((u) => [u.exception, u]));
  const about = exceptions.filter((e) => findings.some((f) => isAbout(e, f)));
  return Promise.all(
    about.map(async (e): Promise<ExplainedException> => {
      const { id, owner, reason, ticket, decision, controls = [], validFrom, validUntil, select } = e;
      const of = findings.filter((f) => isAbout(e, f));
      const why =
        whyNotInForce(e, state.get(id)) ??
        whyElsewhere(await unmetPart(store, asset, select)) ??
        whyNotThis(e, of);
      return {
        ...{ exception: id, file: exceptionPath(id), owner, reason, ticket, decision, controls },
        ...{ validFrom, validUntil, holds: why === undefined },
        why: why ?? `it selects the asset (${selectorText(select)}), until ${validUntil}`,
      };
    }),
  );
}

const isAbout = ({ match }: Exception, { advisory, names, source, name }: ExplainedFinding): boolean =>
  match.advisories?.some((a) => a === advisory || names.includes(a)) ??
  [source, name].includes(match.component?.name ?? '');

function whyNotInForce(e: Exception, use: ExceptionUse | undefined): string | undefined {
  const state = use?.state;
  switch (state) {
    case 'expired':
      return `its last day was ${e.validUntil}`;
    case 'pending':
      return `its first day is ${e.validFrom}`;
    case 'exceeded':
      return `it would cover ${use?.assets ?? 0} assets, more than its maxAssets (${e.maxAssets ?? 0})`;
    case undefined:
    case 'in-force':
    case 'ineffective':
    case 'unused':
    case 'dead':
      return undefined;
    default:
      return state satisfies never;
  }
}

const whyElsewhere = (unmet: Awaited<ReturnType<typeof unmetPart>>): string | undefined =>
  unmet && `it does not select this asset, since it asks for ${selectorText(unmet)}`;

/** It is in force on this asset: then the finding, a rule, or the order of statuses speaks against it. */
function whyNotThis({ id, match }: Exception, findings: readonly ExplainedFinding[]): string | undefined {
  const matched = findings.filter((f) => f.exceptions.includes(id));
  const [first] = matched;
  if (!first) {
    const { name, before } = match.component ?? {};
    if (before !== undefined) return `it is for versions of ${name ?? ''} below ${before} only`;
    return name === undefined ? 'it matches none of these findings' : `it is for ${name} only`;
  }
  const reasons = matched.flatMap((f) => f.reasons.filter((r) => r.subject === id));
  const ignored = reasons.find((r) => r.effect === 'ignore');
  if (ignored) return `the rule ${ignored.rule} does not let it count`;
  const counts = matched.some((f) => f.status === 'excepted' || f.status === 'mitigated');
  return counts ? undefined : `the finding is ${first.status}, which comes before an exception`;
}

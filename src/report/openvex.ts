import type { Exception } from '../contracts/generated/exception.ts';
import type { AcceptedRisk } from '../domain/accepted-risk.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { versionPurl } from '../domain/purl.ts';
import { digestOf } from '../util/digest.ts';
import { compareCodePoints } from '../util/sort.ts';

const BASE = 'https://patchwarden.dev/vex';

/**
 * The accepted risks as one OpenVEX document; equal facts are equal bytes, and its id is the digest of the rest.
 *
 * The product of a statement is what the exception selects, the packages are its subcomponents: nothing is said of a
 * package elsewhere, and nobody who reads the document back takes it for a vendor's word about the package itself.
 * @throws PatchwardenError `usage` when nothing is accepted: OpenVEX knows no document without a statement
 * @see https://github.com/openvex/spec (0.2.0)
 */
export function openVexJson(risk: AcceptedRisk): string {
  const statements = risk.exceptions.flatMap((exception) => statementsOf(risk, exception));
  if (statements.length === 0)
    throw new PatchwardenError(
      'usage',
      `as of ${risk.asOf} no exception accepts a vulnerability of the fleet, and OpenVEX knows no document without a statement`,
    );
  const content = {
    author: risk.repository,
    timestamp: risk.asOf,
    version: 1,
    tooling: 'patchwarden',
    statements,
  };
  const id = `${BASE}/${risk.repository}/${digestOf(content).replace(':', '-')}`;
  const document = { '@context': 'https://openvex.dev/ns/v0.2.0', '@id': id, ...content };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** One statement for each vulnerability that the exception accepts. */
function statementsOf({ repository, accepted }: AcceptedRisk, exception: Exception) {
  const mine = accepted.filter((a) => a.exception === exception.id);
  const advisories = [...new Set(mine.map((a) => a.advisory))].sort(compareCodePoints);
  return advisories.map((advisory) => {
    const rows = mine.filter((a) => a.advisory === advisory);
    const names = [...new Set(rows.flatMap((a) => a.names))].sort(compareCodePoints);
    const name = names.find((n) => n.startsWith('CVE-')) ?? advisory;
    const aliases = names.filter((n) => n !== name);
    const purls = new Set(rows.map((a) => versionPurl(a.stream, a.name, a.arch, a.version)));
    return {
      vulnerability: { name, ...(aliases.length > 0 ? { aliases } : {}) },
      products: [
        {
          '@id': `${BASE}/${repository}/exceptions/${exception.id}`,
          subcomponents: [...purls]
            .sort(compareCodePoints)
            .map((purl) => ({ '@id': purl, identifiers: { purl } })),
        },
      ],
      ...impactOf(exception),
      status_notes: `Exception ${exception.id} of ${exception.owner}, ticket ${exception.ticket}, in force from ${exception.validFrom} to ${exception.validUntil}`,
    };
  });
}

/** An accepted risk stays a risk: only a false positive is not affected. */
function impactOf({ decision, justification, reason, controls = [], validUntil }: Exception) {
  if (decision === 'false-positive')
    return {
      status: 'not_affected',
      ...(justification === undefined ? {} : { justification }),
      impact_statement: reason,
    };
  const until = `until ${validUntil}: ${reason}`;
  const words = {
    'accept-risk': `Risk accepted ${until}`,
    mitigated: `Mitigated by controls ${until}`,
    'vendor-pending': `Waiting for the vendor ${until}`,
  }[decision];
  const inForce = controls.length === 0 ? '' : `. Controls: ${controls.join('; ')}`;
  return { status: 'affected', action_statement: `${words}${inForce}` };
}

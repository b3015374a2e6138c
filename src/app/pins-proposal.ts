import { canonicalDocument } from '../contracts/canonical.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { contentDigest } from '../domain/content-digest.ts';
import { contentFacts } from '../domain/content-facts.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import { PINS, wantedPins } from '../reconcile/pins.ts';
import { pinsBody, pinsTitle } from '../review/pins-text.ts';
import { gitBlobId } from '../util/git-blob.ts';
import type { PinsInForce } from './pins.ts';

const PATH = 'pins.json';

/**
 * The proposal to let looser facts count, if one is wanted; it spans the whole fleet, so there is one at most.
 * @param head commit that it starts from: its id tells which ids Git gives here
 */
export function pinsProposals(
  { config, pins: document }: Pick<PolicyDocuments, 'config' | 'pins'>,
  head: string,
  pins: PinsInForce | null,
  now: Instant,
): readonly Proposal[] {
  if (!document || !pins) return [];
  const { current, behind, moves } = pins;
  const kept = moves.matrix.reduce((n, m) => n + m.findings, 0);
  const wanted = wantedPins({ document, current, behind, kept, now });
  if (!wanted) return [];
  const text = canonicalDocument('Pins', wanted);
  const { kind, scope } = { kind: 'pins', scope: 'all' } as const;
  const digest = contentDigest(
    contentFacts(
      { repository: config.repository, kind, scope },
      [{ path: PATH, blob: gitBlobId(text, head) }],
      new Map(),
    ),
  );
  const facts = {
    pins: PINS.flatMap((pin) => {
      const [before, after] = [document[pin] ?? null, wanted[pin]];
      const since = behind.find((b) => b.pin === pin)?.since ?? null;
      return after === undefined || after === before ? [] : [{ pin, before, after, since }];
    }),
    ...moves,
    contentDigest: digest,
  };
  return [
    {
      kind,
      scope,
      branch: branchOf(kind, scope),
      files: new Map([[PATH, text]]),
      contentDigest: digest,
      title: pinsTitle(facts),
      body: pinsBody(facts),
    },
  ];
}

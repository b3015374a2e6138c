import { canonicalDocument } from '../contracts/canonical.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import { PINS, wantedPins } from '../reconcile/pins.ts';
import { pinsBody, pinsTitle } from '../review/pins-text.ts';
import { fileProposal } from './file-proposal.ts';
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
  const files = new Map([[PATH, canonicalDocument('Pins', wanted)]]);
  const named = PINS.flatMap((pin) => {
    const [before, after] = [document[pin] ?? null, wanted[pin]];
    const since = behind.find((b) => b.pin === pin)?.since ?? null;
    return after === undefined || after === before ? [] : [{ pin, before, after, since }];
  });
  return [
    fileProposal(config.repository, head, { kind: 'pins', scope: 'all', files }, (contentDigest) => {
      const facts = { pins: named, ...moves, contentDigest };
      return { title: pinsTitle(facts), body: pinsBody(facts) };
    }),
  ];
}

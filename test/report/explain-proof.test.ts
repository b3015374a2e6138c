import { describe, expect, it } from 'vitest';
import type { FindingProof, Proof } from '../../src/domain/finding-proof.ts';
import { proofText } from '../../src/report/explain-proof.ts';
import { aProof } from '../support/builders/proof.ts';

const text = (finding: Partial<FindingProof> = {}, over: Partial<Proof> = {}): string =>
  proofText(aProof(finding, over));

describe('the text of a proof', () => {
  it('names the ground, the people, the entries, and what is not there', () => {
    expect(
      text(),
    ).toBe(`Proof: 3 merges verified from the trust anchor 111111111111 to 222222222222, 6 entries of evidence with the root 999999999999
  baselines/servers.json: as of the trust anchor
  exceptions/x.json: pull request 7 (remediate servers/prod), merged by mia at 2024-10-24T12:00:00Z as bbbbbbbbbbbb, approved by no person, as an automatic ring may

Proof of DSA-1 in openssl
  lock: locks/servers/prod.lock.json, generation 2, has 3.0.15, approved by security
  merge: pull request 7 (remediate servers/prod), merged by mia at 2024-10-24T12:00:00Z as bbbbbbbbbbbb, approved by ben (ops)
  entry 4: intent of 2024-10-24T13:00:00Z, leaf dddddddddddd, in the log by 2 hashes
  not there: the end of what was announced is not logged yet
`);
  });

  it('says of nothing that there is nothing, and lets no control character through', () => {
    const none = text({
      lock: null,
      merge: null,
      evidence: [],
      missing: ['no\u001b[31m entry'],
      advisory: null,
    });
    expect(none).toContain('Proof of update in openssl\n  not there: no\\u{1b}[31m entry\n');
  });
});

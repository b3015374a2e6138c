import { describe, expect, it } from 'vitest';
import { marked } from '../../src/adapters/forge-hosted-text.ts';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import { pullBody, toldGrowth } from '../../src/review/pull-notes.ts';

const proposal = (over: Partial<Proposal> = {}): Proposal => ({
  ...{ kind: 'remediate', scope: 'a/b', branch: branchOf('remediate', 'a/b'), files: new Map() },
  ...{ contentDigest: `sha256:${'a'.repeat(64)}`, title: 'T', body: 'The body.', generation: 7 },
  ...over,
});
const growth = { from: 40, to: 52 };

describe('pullBody', () => {
  it('is the text of the proposal where it has no past', () => {
    expect(pullBody(proposal(), {})).toBe('The body.');
    expect(toldGrowth(pullBody(proposal(), {}))).toBeUndefined();
  });

  it.each([
    ['remediate', 'It is generation 7, and supersedes generation 6'],
    ['promote', 'It copies generation 7 of the ring before it, and supersedes generation 6'],
  ] as const)('%s names the generation that it supersedes', (kind, words) => {
    const text = pullBody(proposal({ kind }), { supersedes: 6 });
    expect(text).toContain(words);
    expect(text.endsWith('\n\nThe body.')).toBe(true);
  });

  it('says both numbers and the remedy, and is read back wherever a forge puts it', () => {
    const text = pullBody(proposal(), { growth, supersedes: 6 });
    expect(text).toMatch(
      /\*\*It would touch more hosts now: 52, and 40 hosts when it was made\*\* \(`change\/growth`\)/,
    );
    expect(text).toContain('`patchwarden/rebase`');
    const hosted = marked(text, proposal().contentDigest, 'T');
    for (const told of [text, hosted, `Mine\n\n${hosted}\n\nMine`, hosted.replaceAll('\n', '\r\n')])
      expect(toldGrowth(told)).toEqual(growth);
  });

  it('believes no such mark further down, where text from outside is shown', () => {
    const mark = '<!-- patchwarden:growth 1 2 -->\n';
    for (const body of [`Words\n${mark}`, `\`${mark}\``])
      expect(toldGrowth(marked(body, proposal().contentDigest, 'T'))).toBeUndefined();
  });
});

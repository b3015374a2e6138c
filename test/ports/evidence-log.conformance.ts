import { expect, test } from 'vitest';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { EvidenceLog } from '../../src/ports/evidence-log.ts';
import { canonicalJson } from '../../src/util/digest.ts';
import { rootOf } from '../../src/util/tlog/compact.ts';
import { hashLeaf, hexOf } from '../../src/util/tlog/hash.ts';
import { intentEntry, proposalEntry, proposals, story } from '../support/builders/evidence.ts';

/** Two writers on one log, and a way to come in between one's reading and writing. */
export interface LogPair {
  readonly a: EvidenceLog;
  readonly b: EvidenceLog;
  /** Runs once inside the next append of `a`. */
  meanwhile(work: () => Promise<unknown>): void;
}

const rootHex = (entries: readonly EvidenceEntry[]) =>
  hexOf(rootOf(entries.map((e) => hashLeaf(Buffer.from(canonicalJson(e))))));

/** What every EvidenceLog does. `fresh` gives an empty log. */
export function evidenceLogConformance(fresh: () => Promise<LogPair>): void {
  test('an empty log has the root of nothing', async () => {
    const { a } = await fresh();
    expect(await a.head()).toEqual({ size: 0, root: rootHex([]) });
    expect(await a.entries()).toEqual([]);
    expect(await a.append([])).toEqual({ size: 0, root: rootHex([]) });
  });

  test('entries come back in order, and the head is their Merkle root', async () => {
    const { a, b } = await fresh();
    const first = story();
    const second = proposals(2, 10);
    expect(await a.append(first)).toEqual({ size: 5, root: rootHex(first) });
    expect(await b.append(second)).toEqual({ size: 7, root: rootHex([...first, ...second]) });
    expect(await a.entries()).toEqual([...first, ...second]);
    expect(await a.head()).toEqual(await b.head());
  });

  test('a rival that appends first makes the append fail, and trying again loses and doubles nothing', async () => {
    const { a, b, meanwhile } = await fresh();
    await a.append([proposalEntry({ pull: 1 })]);
    meanwhile(() => b.append([proposalEntry({ pull: 2 })]));
    await expect(a.append([proposalEntry({ pull: 3 })])).rejects.toMatchObject({ code: 'lease-lost' });
    expect(await b.entries()).toHaveLength(2);
    await a.append([proposalEntry({ pull: 3 })]);
    const pulls = (await b.entries()).map((e) => e.type === 'proposal' && e.pull);
    expect(pulls).toEqual([1, 2, 3]);
  });

  test('two first appends at the same time: one wins', async () => {
    const { a, b, meanwhile } = await fresh();
    meanwhile(() => b.append(story()));
    await expect(a.append(proposals(1))).rejects.toMatchObject({ code: 'lease-lost' });
    expect(await a.entries()).toEqual(story());
  });

  test('an append with one bad entry appends nothing', async () => {
    const { a } = await fresh();
    const bad = { ...proposalEntry(), pull: 0 };
    const tooLarge = intentEntry({ asset: 'x'.repeat(70_000) });
    const unknown = { ...proposalEntry(), type: 'rumour' } as unknown as EvidenceEntry;
    for (const entry of [bad, tooLarge, unknown])
      await expect(a.append([proposalEntry(), entry])).rejects.toMatchObject({ code: 'store-failed' });
    expect(await a.head()).toEqual({ size: 0, root: rootHex([]) });
  });
}

import { describe, expect, it } from 'vitest';
import { JOURNAL, type NewRecord, openJournal, runId, runsOf } from '../../src/rollout/journal.ts';
import { MERGE, memoryState } from './world.ts';

const intent = (n: number): NewRecord => ({
  kind: 'intent',
  time: '2024-10-24T12:00:00Z',
  run: runId('web-1', 'sha256:lock', 'install', n),
  step: 'install',
  try: n,
  asset: 'web-1',
  lock: 'sha256:lock',
  merge: MERGE,
  plan: 'sha256:plan',
  packages: [],
});
const open = async (files: Map<string, string>) => {
  const warnings: string[] = [];
  const journal = await openJournal(memoryState(files), { warn: (m) => void warnings.push(m) });
  return { journal, warnings };
};

describe('the journal', () => {
  it('gives back what was appended, numbered', async () => {
    const files = new Map<string, string>();
    const { journal } = await open(files);
    await journal.append(intent(1));
    await journal.append({
      kind: 'outcome',
      time: '2024-10-24T12:00:01Z',
      run: intent(1).run,
      outcome: 'failed',
      reason: 'why',
    });
    const again = await open(files);
    expect(again.journal.records()).toEqual(journal.records());
    expect(again.journal.records().map((r) => r.seq)).toEqual([1, 2]);
    expect(again.warnings).toEqual([]);
    expect(runsOf(again.journal.records())).toMatchObject([
      { intent: { try: 1 }, outcome: { reason: 'why' }, verified: undefined },
    ]);
  });

  it('drops a last line that a crash cut off, at any byte, and goes on', async () => {
    const files = new Map<string, string>();
    const { journal } = await open(files);
    await journal.append(intent(1));
    const first = files.get(JOURNAL) ?? '';
    await journal.append(intent(2));
    const both = files.get(JOURNAL) ?? '';
    for (let cut = first.length + 1; cut < both.length; cut += 7) {
      const torn = new Map([[JOURNAL, both.slice(0, cut)]]);
      const { journal: reopened, warnings } = await open(torn);
      expect(reopened.records()).toHaveLength(1);
      expect(warnings).toHaveLength(1);
      await reopened.append(intent(2));
      expect(torn.get(JOURNAL)).toBe(both);
    }
  });

  it.each([
    ['not JSON', () => 'nonsense'],
    ['not a record', () => '"text"'],
    ['a missing line', (line: string) => line.replace('"seq":1', '"seq":2')],
    ['an unknown kind', (line: string) => line.replace('"kind":"intent"', '"kind":"wish"')],
    ['no run', (line: string) => line.replace('"run":', '"walk":')],
  ])('refuses to start on damage: %s', async (_name, damage) => {
    const files = new Map<string, string>();
    const { journal } = await open(files);
    await journal.append(intent(1));
    files.set(JOURNAL, `${damage((files.get(JOURNAL) ?? '').trimEnd())}\n`);
    await expect(open(files)).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(`${JOURNAL}:1`),
    });
  });

  it('names a run by asset, lock, step and try alone', () => {
    const id = runId('a', 'l', 'install', 1);
    expect(runId('a', 'l', 'install', 1)).toBe(id);
    const others = [
      runId('b', 'l', 'install', 1),
      runId('a', 'm', 'install', 1),
      runId('a', 'l', 'mend', 1),
      runId('a', 'l', 'install', 2),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });
});

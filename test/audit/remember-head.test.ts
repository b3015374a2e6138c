import { describe, expect, test } from 'vitest';
import { rememberingEvidenceLog } from '../../src/audit/remember-head.ts';
import { proposals, story } from '../support/builders/evidence.ts';
import { fakeEvidenceLog, type SharedLog } from '../support/fakes/evidence-log.ts';

function setup() {
  const shared: SharedLog = { entries: [] };
  const files = new Map<string, string>();
  const state = {
    read: async (name: string) => files.get(name),
    write: async (name: string, text: string) => void files.set(name, text),
  };
  return { shared, files, log: rememberingEvidenceLog(fakeEvidenceLog(shared), state) };
}

describe('a log that remembers', () => {
  test('keeps the head of every append and of what others appended', async () => {
    const { shared, files, log } = setup();
    const head = await log.append(story());
    expect(files.get('evidence/head')).toBe(`5:${head.root}\n`);
    await fakeEvidenceLog(shared).append(proposals(2));
    expect(await log.entries()).toHaveLength(7);
    expect(files.get('evidence/head')).toMatch(/^7:/);
    expect(await log.head()).toMatchObject({ size: 7 });
  });

  test('notices a log that was cut off, before anything is appended to it', async () => {
    const { shared, log } = setup();
    await log.append(story());
    shared.entries = shared.entries.slice(0, 4);
    for (const attempt of [() => log.head(), () => log.entries(), () => log.append(proposals(1))])
      await expect(attempt()).rejects.toMatchObject({ code: 'evidence-broken' });
    expect(shared.entries).toHaveLength(4);
  });

  test('notices another past behind a longer log', async () => {
    const { shared, log } = setup();
    await log.append(story());
    shared.entries = [];
    await fakeEvidenceLog(shared).append(proposals(9));
    await expect(log.entries()).rejects.toThrow('cut off or rewritten');
  });

  test('a damaged memory is no memory to continue from', async () => {
    const { files, log } = setup();
    files.set('evidence/head', 'five');
    await expect(log.append(story())).rejects.toThrow('evidence/head is no evidence head');
  });
});

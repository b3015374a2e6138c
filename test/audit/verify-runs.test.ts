import { describe, expect, test } from 'vitest';
import { verifyRuns } from '../../src/audit/verify-runs.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import {
  commitId,
  digest,
  effectEntry,
  intentEntry,
  mergeEntry,
  story,
  verificationEntry,
} from '../support/builders/evidence.ts';

const judge = (entries: readonly EvidenceEntry[]) =>
  verifyRuns(entries.map((entry, index) => ({ index, entry })));
const other = digest('7');

describe('runs in the evidence', () => {
  test('the whole story is fine and nothing is open', () => {
    expect(judge(story())).toEqual({ open: [], problems: [] });
  });

  test('an intent without effect is open, and no failure', () => {
    const { open, problems } = judge([mergeEntry(), intentEntry()]);
    expect(problems).toEqual([]);
    expect(open).toEqual([{ entry: 1, run: digest('d'), asset: 'web-1' }]);
  });

  const part = (n: number, over: object = {}) => intentEntry({ part: n, parts: 3, ...over });

  test('an intent in several parts is one intent', () => {
    const { open, problems } = judge([mergeEntry(), part(1), part(2), part(3)]);
    expect(problems).toEqual([]);
    expect(open).toHaveLength(1);
  });

  test.each<[string, readonly EvidenceEntry[], RegExp]>([
    ['its end', [part(1), part(2)], /^entry 2 \(intent\): part 3 of its 3 parts does not follow it$/],
    ['its middle', [part(1), part(3)], /^entry 2 \(intent\): it is part 3 .* part 2 is not right before it$/],
    [
      'its beginning',
      [part(2), part(3)],
      /^entry 1 \(intent\): it is part 2 .* part 1 is not right before it$/,
    ],
    [
      'a part of the same host',
      [part(1), part(2, { asset: 'web-9' }), part(3)],
      /part 1 is not right before it$/,
    ],
    ['the number of its parts', [intentEntry({ part: 2 })], /^entry 1 \(intent\): it is part 2 of 1$/],
  ])('half an intent, which lacks %s, is none', (_name, entries, expected) => {
    const messages = judge([mergeEntry(), ...entries]).problems.map((p) => p.message);
    expect(messages).toContainEqual(expect.stringMatching(expected));
  });

  test('two tries of one lock are two runs', () => {
    const second = { run: digest('5') };
    const again = [intentEntry(second), effectEntry(second), verificationEntry(second)];
    const failed = effectEntry({ outcome: 'failed', reason: 'disk full' });
    expect(judge([mergeEntry(), intentEntry(), failed, ...again]).problems).toEqual([]);
  });

  test.each<[string, readonly EvidenceEntry[], number, RegExp]>([
    [
      'two effects',
      [...story(), effectEntry()],
      5,
      /^entry 5 \(effect\): its run had an effect before, entry 3 \(effect\)/,
    ],
    [
      'an effect without intent',
      [mergeEntry(), effectEntry()],
      1,
      /^entry 1 \(effect\): there is no intent before it/,
    ],
    [
      'an effect before its intent',
      [mergeEntry(), effectEntry(), intentEntry()],
      1,
      /there is no intent before it/,
    ],
    [
      'two intents',
      [mergeEntry(), intentEntry(), intentEntry()],
      2,
      /^entry 2 \(intent\): its run was announced before/,
    ],
    [
      'an intent on no merge',
      [intentEntry()],
      0,
      /^entry 0 \(intent\): no merge entry before it brought its lock/,
    ],
    ['an intent before its merge', [intentEntry(), mergeEntry()], 0, /no merge entry before it/],
    [
      'a lock of another merge',
      [mergeEntry({ commit: commitId('9') }), intentEntry()],
      1,
      /no merge entry before it/,
    ],
    [
      'a merge of another lock',
      [mergeEntry({ locks: [other] }), intentEntry()],
      1,
      /no merge entry before it/,
    ],
    [
      'an effect of another host',
      [mergeEntry(), intentEntry(), effectEntry({ asset: 'web-2' })],
      2,
      /another host or lock than entry 1/,
    ],
    [
      'a verification without effect',
      [mergeEntry(), intentEntry(), verificationEntry()],
      2,
      /there is no effect before it/,
    ],
    [
      'a verification of another lock',
      [...story(), verificationEntry({ lock: other })],
      5,
      /another host or lock than entry 3/,
    ],
  ])('%s is a problem', (_, entries, entry, message) => {
    const { problems } = judge(entries);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ entry });
    expect(problems[0]?.message).toMatch(message);
  });

  test('an effect of a lock that was never merged says so, besides what is wrong with its intent', () => {
    const { problems } = judge([intentEntry(), effectEntry()]);
    expect(problems.map((p) => p.entry)).toEqual([0, 1]);
    expect(problems[1]?.message).toContain('was never merged');
  });
});

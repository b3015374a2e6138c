import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyBytes } from '../../src/audit/verify-evidence.ts';
import { formatHead } from '../../src/domain/evidence.ts';
import { decodeBundle } from '../../src/util/tlog/bundle.ts';
import { rootOf } from '../../src/util/tlog/compact.ts';
import { hashLeaf, hexOf } from '../../src/util/tlog/hash.ts';
import { signNote } from '../../src/util/tlog/note.ts';
import {
  anyEntry,
  logKey,
  mergeEntry,
  proposalEntry,
  proposals,
  story,
} from '../support/builders/evidence.ts';
import { bytesOf, headsOf, viewOf, viewOfBytes, withFiles } from '../support/builders/evidence-view.ts';

const key = logKey();
const check = (view: Parameters<typeof verifyBytes>[0], claims: readonly string[] = []) =>
  verifyBytes(
    view,
    key.verifier.text,
    claims.map((head) => ({ by: 'commit 0123456789ab of the protected branch', head })),
  );
const messages = (...args: Parameters<typeof check>) => check(...args).problems.map((p) => p.message);

const view = viewOf([story(), proposals(2)]);
const heads = headsOf(view);

describe('an intact log', () => {
  test('verifies, with every state it went through', () => {
    const verdict = check(view, heads);
    expect(verdict.problems).toEqual([]);
    expect(verdict.ok).toBe(true);
    expect(verdict.entries.map((e) => e.entry)).toEqual([...story(), ...proposals(2)]);
    expect(formatHead(verdict.head)).toBe(heads[1]);
  });

  test('that does not exist yet verifies as empty', () => {
    const verdict = check({ files: new Map(), odd: [], states: [] }, [`0:${hexOf(rootOf([]))}`]);
    expect(verdict.ok).toBe(true);
    expect(formatHead(verdict.head)).toBe(`0:${hexOf(rootOf([]))}`);
  });

  test('of any entries in any batches verifies, gives them back, and has each state as a prefix', () => {
    const batches = fc.array(fc.array(anyEntry, { minLength: 1, maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(batches, (all) => {
        const made = viewOf(all);
        const verdict = check(made, headsOf(made));
        // What random entries say makes no sense together, so only what is said of the bytes counts here.
        expect(
          verdict.problems.filter(
            (p) => !/its (run|lock)|no (intent|effect|merge)|another host/.test(p.message),
          ),
        ).toEqual([]);
        expect(verdict.entries.map((e) => e.entry)).toEqual(all.flat());
      }),
      { numRuns: 30 },
    );
  });
});

describe('tampering without the key', () => {
  test('one flipped bit in any byte of any file is found, and names the entry or file', () => {
    const small = viewOf([[mergeEntry()], [proposalEntry({ pull: 2 })]]);
    for (const [path, bytes] of small.files) {
      for (let at = 0; at < bytes.length; at += 1) {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
        const verdict = check(withFiles(small, { [path]: copy }));
        expect(verdict.ok, `${path} byte ${at}`).toBe(false);
        const [first] = verdict.problems;
        if (path.includes('entries')) expect(first?.message).toMatch(/^entry \d/);
        else expect(first?.message, `${path} byte ${at}`).toContain(path);
      }
    }
  });

  test('the flipped entry itself is named, with its type', () => {
    const path = 'tile/entries/000.p/7';
    const bytes = view.files.get(path)!;
    const { entries } = decodeBundle(bytes);
    let at = 0;
    for (const [i, entry] of entries.entries()) {
      const copy = Buffer.from(bytes);
      copy.set([0x20], at + 2 + Math.floor(entry.length / 2));
      expect(check(withFiles(view, { [path]: copy })).problems[0]?.entry).toBe(i);
      at += 2 + entry.length;
    }
    const altered = Buffer.from(
      Buffer.from(bytes).toString('latin1').replace('"installed"', '"instalied"'),
      'latin1',
    );
    expect(messages(withFiles(view, { [path]: altered }))[0]).toBe(
      'entry 3 (effect): its bytes in tile/entries/000.p/7 are not those that tile/0 has the hash of',
    );
    const valid = Buffer.from(
      Buffer.from(bytes).toString('latin1').replace('"web-1","lock"', '"web-2","lock"'),
      'latin1',
    );
    expect(messages(withFiles(view, { [path]: valid }))[0]).toMatch(
      /^entry \d \((intent|effect)\): its bytes/,
    );
  });

  test('any file cut short anywhere, missing, or too much is found', () => {
    for (const [path, bytes] of view.files) {
      for (let length = 0; length < bytes.length; length += 5)
        expect(check(withFiles(view, { [path]: bytes.subarray(0, length) })).ok, `${path} ${length}`).toBe(
          false,
        );
      expect(messages(withFiles(view, { [path]: null })).join()).toContain(path);
      expect(check(withFiles(view, { [path]: Buffer.concat([bytes, Buffer.from('x')]) })).ok).toBe(false);
    }
    expect(messages(withFiles(view, { 'notes.txt': Buffer.from('hi') }))).toEqual([
      'the file notes.txt does not belong to a log of 7 entries',
    ]);
    expect(messages(withFiles(view, { 'tile/0/000.p/5': Buffer.alloc(160) }))).toHaveLength(1);
    expect(messages({ ...view, odd: ['link'] })).toEqual([
      'link is no plain file and does not belong to the log',
    ]);
  });

  const entries = [...story(), ...proposals(2)];
  test.each([
    ['the last one cut off', entries.slice(0, -1)],
    ['one dropped', entries.toSpliced(2, 1)],
    ['one doubled', entries.toSpliced(2, 0, entries[2]!)],
    ['two swapped', entries.with(0, entries[1]!).with(1, entries[0]!)],
    ['one replaced', entries.with(5, proposalEntry({ pull: 99 }))],
  ])('entries with %s and all tiles made anew do not fit the signed checkpoint', (_, tampered) => {
    const forged = viewOf([tampered]);
    const verdict = check({ ...withFiles(forged, { checkpoint: view.files.get('checkpoint')! }) });
    expect(verdict.ok).toBe(false);
    expect(verdict.entries).toEqual([]);
    expect(verdict.problems.some((p) => /checkpoint|log of 7 entries|missing/.test(p.message))).toBe(true);
  });

  test('a checkpoint by another key, or of another log, is refused', () => {
    for (const other of [logKey(8), logKey(7, 'another.example/log'), logKey(8, 'another.example/log')])
      expect(messages(viewOf([story()], other))[0]).toContain('checkpoint does not verify');
  });

  test('a signed size that no tree could hold is refused without trying to', () => {
    const root = Buffer.alloc(32).toString('base64');
    const checkpoint = Buffer.from(signNote(`${key.verifier.name}\n99999999999999\n${root}\n`, key));
    expect(messages(withFiles(view, { checkpoint }))[0]).toContain('cannot hold as many');
  });

  test('a signed entry that is no valid entry is named', () => {
    const bad = [Buffer.from('{}'), Buffer.from('nonsense'), Buffer.from([0xff]), Buffer.from('{"a": 1}')];
    const verdict = check(viewOfBytes([[bytesOf(proposalEntry())], bad]));
    expect(verdict.problems.map((p) => p.entry)).toEqual([1, 2, 3, 4]);
    expect(verdict.problems[1]?.message).toBe('entry 2: it is not JSON');
  });

  test('a verifier key that is none is said to be so', () => {
    expect(verifyBytes(view, 'log+00000000+AAAA', []).problems[0]?.message).toContain(
      'log.key in roles.json',
    );
  });
});

describe('tampering with the key', () => {
  const shorter = viewOf([story()]);
  const fork = viewOf([story(), [proposalEntry({ pull: 1 }), proposalEntry({ pull: 666 })]]);
  const longer = viewOf([story().with(0, proposalEntry({ pull: 7 })), proposals(5)]);

  test('a log that ends before a state that was named is found, and the lost entry named', () => {
    const { problems } = check(shorter, [heads[1]!]);
    expect(problems).toEqual([
      {
        entry: 5,
        message: `commit 0123456789ab of the protected branch names the evidence head ${heads[1]!}, and the log now ends before entry 5: entries were cut off`,
      },
    ]);
  });

  test('an older, validly signed checkpoint put back in place does not fit the tree or its own branch', () => {
    const back = withFiles(view, { checkpoint: shorter.files.get('checkpoint')! });
    expect(messages(back).join('\n')).toMatch(/does not belong to a log of 5 entries/);
    expect(messages(back).join('\n')).toMatch(/from 5 to 5 entries/);
  });

  test('a fork of the same size, and a longer log with another past, are found by what was named', () => {
    expect(check(fork).ok).toBe(true);
    expect(messages(fork, heads)).toHaveLength(1);
    expect(messages(fork, heads)[0]).toContain(
      'the first 7 entries are not those any more: the log was rewritten',
    );
    expect(messages(longer, heads)).toHaveLength(2);
  });

  test('a branch whose earlier states are not prefixes is found without anybody else', () => {
    const mixed = { ...fork, states: [...longer.states.slice(0, 1), ...fork.states.slice(1)] };
    expect(messages(mixed)[0]).toContain('something among the entries 0 to 4 was changed');
    const rolledBack = { ...shorter, states: [...view.states, ...shorter.states.slice(-1)] };
    expect(messages(rolledBack).join('\n')).toMatch(/from 7 to 5 entries; a log only grows/);
    expect(messages(rolledBack).join('\n')).toMatch(/ends before entry 5: entries were cut off/);
  });

  test.each([
    ['two parents', { parents: ['a'.repeat(40), 'b'.repeat(40)] }, /has 2 parents/],
    ['no trailer', { named: undefined }, /says in its message that the log is nothing/],
    ['another trailer', { named: heads[1]! }, /says in its message/],
    ['no checkpoint', { checkpoint: undefined }, /checkpoint does not verify: it is missing/],
    [
      'a checkpoint by another key',
      { checkpoint: viewOf([story()], logKey(9)).files.get('checkpoint')! },
      /is not signed by the key/,
    ],
  ])('an earlier commit with %s is named', (_, change, message) => {
    const states = view.states.with(0, { ...view.states[0]!, ...change });
    const found = messages({ ...view, states });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
    expect(found[0]).toContain('commit cccccccccccc of the evidence branch');
  });

  test('a named head that is none is a problem, not ignored', () => {
    for (const head of ['', '7', `07:${'0'.repeat(64)}`, `7:${'0'.repeat(63)}`, '-1:x'])
      expect(messages(view, [head])[0]).toContain('is not <size>:<root>');
    expect(messages(view, [`7:${hexOf(hashLeaf(Buffer.from('x')))}`])).toHaveLength(1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trailersOf } from '../../src/adapters/git-commit-object.ts';
import {
  eventMessage,
  mergeMessage,
  parseApprovalTrailers,
  parseMergeTrailers,
} from '../../src/domain/pull-trailers.ts';
import { HIDDEN } from '../support/forge-markdown.ts';
import { ALL_PAYLOADS } from '../support/injection-payloads.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const digest = hex(64).map((h) => `sha256:${h}`);
const pull = fc.integer({ min: 1, max: 9_999_999 });

describe('trailers', () => {
  it('of a merge are read as they were written, whatever the title says', () => {
    const merge = fc.record({
      pull,
      kind: fc.constantFrom('remediate', 'manual'),
      scope: fc.constantFrom('servers/prod', 'anna/roles'),
      contentDigest: digest,
      approvals: fc.uniqueArray(hex(40), { maxLength: 4 }),
      evidence: fc.option(fc.tuple(fc.nat(), hex(64)).map(([n, h]) => `${n}:${h}`)),
    });
    fc.assert(
      fc.property(merge, fc.string({ unit: 'binary' }), (m, title) => {
        expect(parseMergeTrailers(trailersOf(mergeMessage(title, m)))).toEqual({ ok: true, value: m });
      }),
    );
  });

  it('a title of a person adds no line to a merge and hides no character in it', () => {
    const merge = { pull: 1, kind: 'manual', scope: 'anna/x', contentDigest: `sha256:${'a'.repeat(64)}` };
    const lines = (title: string) =>
      mergeMessage(title, { ...merge, approvals: [], evidence: null }).split('\n');
    const plain = lines('x');
    for (const payload of [...ALL_PAYLOADS, 'x\n\nPatchwarden-Pull: 2']) {
      const [subject = '', ...rest] = lines(payload);
      expect(subject).not.toMatch(HIDDEN);
      expect(rest).toEqual(plain.slice(1));
    }
  });

  it('of an approval are read as they were written', () => {
    fc.assert(
      fc.property(pull, digest, (n, contentDigest) => {
        const message = eventMessage(`Approve pull request ${n}`, {
          type: 'approve',
          pull: n,
          contentDigest,
        });
        expect(parseApprovalTrailers(trailersOf(message))).toEqual({
          ok: true,
          value: { pull: n, contentDigest },
        });
      }),
    );
  });

  const good = { event: 'approve', pull: '1', content: `sha256:${'a'.repeat(64)}` };
  const lines = (over: Partial<typeof good>, extra = '') => {
    const { event, pull: n, content } = { ...good, ...over };
    return trailersOf(
      `S\n\nPatchwarden-Event: ${event}\nPatchwarden-Pull: ${n}\nPatchwarden-Content: ${content}\n${extra}`,
    );
  };

  it.each([
    [lines({ event: 'merge' }), 'no approval'],
    [lines({ pull: '0' }), 'cannot be read'],
    [lines({ pull: '1e3' }), 'cannot be read'],
    [lines({ content: 'sha256:xyz' }), 'cannot be read'],
    [lines({}, 'Patchwarden-Pull: 2\n'), 'twice'],
    [lines({}, '\nLast words\n'), 'no trailer'],
    [[], 'no trailer'],
  ])('that approve nothing say why: %#', (trailers, why) => {
    expect(parseApprovalTrailers(trailers)).toEqual({ ok: false, error: expect.stringContaining(why) });
  });

  it('of a merge name each approval once', () => {
    const id = 'b'.repeat(40);
    const base = { pull: 1, kind: 'pins', scope: 'all', contentDigest: good.content, evidence: null };
    expect(parseMergeTrailers(trailersOf(mergeMessage('t', { ...base, approvals: [id, id] }))).ok).toBe(
      false,
    );
    expect(parseMergeTrailers(trailersOf(mergeMessage('t', { ...base, approvals: ['main'] }))).ok).toBe(
      false,
    );
  });

  it('are only the last paragraph, and only if all of it is trailers', () => {
    expect(trailersOf('Subject: not one\n')).toEqual([]);
    expect(trailersOf('S\n\nA: 1\n\nB: 2\n')).toEqual([{ key: 'B', value: '2' }]);
    expect(trailersOf('S\n\nA: 1\nnot one\n')).toEqual([]);
  });
});

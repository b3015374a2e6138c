import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldPull, type StoredEvent } from '../../src/adapters/forge-git-fold.ts';
import type { PullEvent } from '../../src/contracts/generated/pull-event.ts';

const AT = '2024-10-24T12:00:00Z';
const digests = ['a', 'b'].map((c) => `sha256:${c.repeat(64)}`);
const common = { apiVersion: 'patchwarden/v1', pull: 1, at: AT } as const;
const head = '1'.repeat(40);
const opening: PullEvent = {
  ...common,
  type: 'open',
  kind: 'pins',
  scope: 'all',
  branch: 'patchwarden/pins/all',
  base: 'main',
  head,
  title: 'T',
  contentDigest: digests[0]!,
};
const content = fc.constantFrom(...digests);
const step: fc.Arbitrary<PullEvent> = fc.oneof(
  content.map((contentDigest) => ({ ...common, type: 'approve' as const, head, contentDigest })),
  content.map((contentDigest) => ({ ...common, type: 'refresh' as const, head, title: 'R', contentDigest })),
);
const ending: fc.Arbitrary<PullEvent> = fc.constantFrom<PullEvent>(
  { ...common, type: 'close', reason: 'r' },
  { ...common, type: 'merge', merge: '2'.repeat(40) },
);
const stored = (events: readonly PullEvent[]): StoredEvent[] =>
  events.map((event, i) => ({
    commit: String(i).padStart(40, '0'),
    event,
    body: 'B',
    by: `p${i}@example.org`,
  }));

describe('foldPull', () => {
  it('counts exactly the approvals of the present content, oldest first', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const events = stored([opening, ...steps]);
        const result = foldPull(1, events);
        if (!result.ok) throw new Error(result.error);
        const last = [opening, ...steps].filter((e) => e.type !== 'approve').at(-1);
        const now = last && 'contentDigest' in last ? last.contentDigest : '';
        expect(result.value.contentDigest).toBe(now);
        expect(result.value.approvals).toEqual(
          events
            .filter((e) => e.event.type === 'approve' && e.event.contentDigest === now)
            .map((e) => e.commit),
        );
      }),
    );
  });

  it('is open until it ends, and nothing follows the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), ending, step, (steps, end, late) => {
        const open = foldPull(1, stored([opening, ...steps]));
        expect(open.ok && open.value.state).toBe('open');
        const ended = foldPull(1, stored([opening, ...steps, end]));
        expect(ended.ok && ended.value.state).toBe(end.type === 'merge' ? 'merged' : 'closed');
        expect(foldPull(1, stored([opening, ...steps, end, late])).ok).toBe(false);
      }),
    );
  });

  it('a part of a chain is a chain only with its opening', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        expect(foldPull(1, stored(steps)).ok).toBe(false);
        expect(foldPull(1, stored([opening, ...steps, opening])).ok).toBe(false);
        expect(foldPull(2, stored([opening, ...steps])).ok).toBe(false);
      }),
    );
  });

  it('of nothing is nothing', () => expect(foldPull(1, [])).toMatchObject({ ok: false }));
});

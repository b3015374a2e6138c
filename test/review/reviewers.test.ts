import { describe, expect, it } from 'vitest';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import type { ProposalKind } from '../../src/domain/proposal.ts';
import { reviewersFor } from '../../src/review/reviewers.ts';
import { BASELINE, ROLES } from '../support/git-fixtures.ts';

const OF: Readonly<Record<string, string>> = {
  anna: 'github:1',
  ben: 'github:2',
  cleo: 'github:3',
  mia: 'github:4',
};
const roles: Roles = {
  ...ROLES,
  people: ROLES.people.map((p) => ({ ...p, accounts: [OF[p.id] ?? '', `gitea:${p.id.length}`] })),
};
const digest = (n: number): string => `sha256:${String(n).repeat(64)}`;
const asked = (
  over: {
    readonly kind?: ProposalKind;
    readonly scope?: string;
    readonly owner?: string;
    readonly contentDigest?: string;
  } = {},
  of: Roles = roles,
) =>
  reviewersFor(
    { ...{ kind: 'remediate', scope: 'servers/prod', contentDigest: digest(1) }, ...over },
    { roles: of, baselines: [BASELINE] },
    'github',
  );

describe('reviewersFor', () => {
  it('asks approvers alone, and two of them', () => {
    for (let n = 0; n < 10; n += 1) {
      const found = asked({ contentDigest: digest(n) });
      expect(found).toHaveLength(2);
      // Mia approves nothing.
      expect(found).not.toContain('github:4');
    }
  });

  it('asks the team of the owner first', () => {
    for (let n = 0; n < 10; n += 1) {
      const at = { contentDigest: digest(n) };
      expect(new Set(asked({ ...at, owner: 'team:ops' }))).toEqual(new Set(['github:1', 'github:2']));
      expect(asked({ ...at, owner: 'team:security' })[0]).toBe('github:3');
    }
  });

  it('does not always ask the same people, and the same for the same content', () => {
    const first = Array.from({ length: 10 }, (_, n) => asked({ contentDigest: digest(n) })[0]);
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(asked()).toEqual(asked());
  });

  it('asks people of two teams where two teams must approve', () => {
    for (let n = 0; n < 10; n += 1)
      expect(
        asked({ kind: 'expedited', scope: 'servers', owner: 'team:ops', contentDigest: digest(n) })[1],
      ).toBe('github:3');
  });

  it('asks as many as must approve', () => {
    expect(asked({}, { ...roles, approvals: { required: 3 } })).toHaveLength(3);
    expect(asked({}, { ...roles, approvals: { required: 5 } })).toHaveLength(3);
  });

  it.each(['remediate', 'promote'] as const)(
    'asks nobody for a %s of a ring that merges by itself',
    (kind) => {
      expect(asked({ kind, scope: 'servers/canary' })).toEqual([]);
    },
  );

  it('asks for a rollback in such a ring, which is for people', () => {
    expect(asked({ kind: 'rollback', scope: 'servers/canary' })).toHaveLength(2);
  });

  it('asks nobody who has no account there, nor the bot', () => {
    const people = roles.people.map((p) => ({ ...p, accounts: p.id === 'cleo' ? ['github:3'] : [] }));
    expect(asked({}, { ...roles, people })).toEqual(['github:3']);
    expect(asked({}, { ...roles, bot: { principals: roles.people.flatMap((p) => p.principals) } })).toEqual(
      [],
    );
  });
});

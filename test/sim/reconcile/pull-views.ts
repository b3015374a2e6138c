import type { StandIn } from '../../support/github/stand-in.ts';
import type { PullView } from './oracle-types.ts';

/** The pull requests of the forge as plain values, by number. */
export function viewsOf({ state }: StandIn): ReadonlyMap<number, PullView> {
  const login = (id: number): string => state.users.find((u) => u.id === id)?.login ?? 'ghost';
  return new Map(
    state.issues.flatMap((issue): [number, PullView][] => {
      const { pull, number } = issue;
      if (!pull) return [];
      const comments = issue.comments.map(({ id, userId, body }) => ({ id, author: login(userId), body }));
      return [
        [
          number,
          {
            number,
            author: login(issue.userId),
            head: pull.head,
            headSha: pull.headSha,
            base: pull.base,
            title: issue.title,
            body: issue.body ?? '',
            state: issue.state,
            merged: pull.mergedAt !== null,
            labels: [...issue.labels],
            comments,
            reviews: pull.reviews.length,
          },
        ],
      ];
    }),
  );
}

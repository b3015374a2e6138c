import { PatchwardenError } from './errors.ts';

/** A pull request as it was seen. */
export interface SeenPull {
  readonly number: number;
  readonly state: string;
}

/**
 * What is otherwise than a decision to open one more saw it: one that is open, or one that came, ended or is gone since.
 * @param seen undefined: only open ones matter
 */
export function otherThanSeen(
  seen: readonly SeenPull[] | undefined,
  now: readonly SeenPull[],
): number | undefined {
  const open = now.find((p) => p.state === 'open');
  if (open || seen === undefined) return open?.number;
  const words = ({ number, state }: SeenPull): string => `${number} ${state}`;
  const [before, after] = [new Set(seen.map(words)), new Set(now.map(words))];
  return [...now.filter((p) => !before.has(words(p))), ...seen.filter((p) => !after.has(words(p)))][0]
    ?.number;
}

export const branchOther = (branch: string, number: number): PatchwardenError =>
  new PatchwardenError(
    'refused',
    `pull request ${number} of ${branch} is otherwise than it was a moment ago`,
  );

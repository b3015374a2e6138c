import type { PolicyEngine } from '../../ports/policy-engine.ts';

/** Paths of its input that a policy can read; undefined: any. */
export type PolicyReads = PolicyEngine['reads'];

/** Whether a policy can read what stands at a path, or a part of it. */
export const isRead = (reads: PolicyReads, path: readonly string[]): boolean =>
  reads === undefined || reads.some((read) => startsWith(path, read) || startsWith(read, path));

const startsWith = (path: readonly string[], start: readonly string[]): boolean =>
  start.every((part, i) => path[i] === part);

/**
 * A value with what policy can read of it, and nothing else: two values that are equal so get the same answer.
 * @param at where the value stands in the input
 */
export function readable(reads: PolicyReads, value: unknown, at: readonly string[]): unknown {
  if (reads === undefined || reads.some((read) => startsWith(at, read))) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      isRead(reads, [...at, key]) ? [[key, readable(reads, inner, [...at, key])]] : [],
    ),
  );
}

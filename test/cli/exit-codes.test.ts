import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode, exitCodeOf, highest } from '../../src/cli/exit-codes.ts';

describe('exit codes', () => {
  it.each<[ExitCode[], ExitCode]>([
    [[], 0],
    [[0, 1], 1],
    [[1, 3], 3],
    [[3, 2], 2],
    [[2, 4], 4],
    [[4, 5], 5],
    [[5, 70], 70],
  ])('of a run with %j is %i', (codes, expected) => {
    expect(highest(codes)).toBe(expected);
  });
  it.each([
    ['refused', EXIT.policySaysNo],
    ['bad-document', EXIT.usage],
    ['not-built', EXIT.usage],
    ['bytes-missing', EXIT.sourceFailed],
    ['store-failed', EXIT.sourceFailed],
    ['halted', EXIT.halted],
    ['history-unverified', EXIT.unverified],
    ['digest-mismatch', EXIT.unverified],
    ['bug', EXIT.bug],
  ] as const)('of %s is %i', (code, expected) => {
    expect(exitCodeOf(code)).toBe(expected);
  });
});

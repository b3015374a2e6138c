import { describe, expect, it } from 'vitest';
import { obsoleteText } from '../../src/review/close-text.ts';

const BASIS = {
  at: '2026-03-01T10:00:00Z',
  head: 'c'.repeat(40),
  digests: { intel: `sha256:${'1'.repeat(64)}`, fleet: `sha256:${'2'.repeat(64)}` },
  evidence: { size: 12, root: 'e'.repeat(64) },
} as const;

describe('obsoleteText', () => {
  it('says what it was decided from, and where the evidence is, in one line', () => {
    expect(obsoleteText(BASIS)).toBe(
      'obsolete: nothing of it is wanted any more, decided on 2026-03-01T10:00:00Z at commit `cccccccccccc` from fleet `222222222222`, intel `111111111111`. ' +
        'Evidence: 12 entries on branch `patchwarden/evidence`, root `eeeeeeeeeeee`.',
    );
  });

  it('does without what it does not have', () => {
    expect(obsoleteText({ ...BASIS, digests: {} })).toContain('at commit `cccccccccccc`. Evidence: 12');
  });
});

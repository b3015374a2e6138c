import { describe, expect, it } from 'vitest';
import { judgeEvidenceClock, judgeForgeClock, judgePatchers } from '../../../src/audit/setup/surroundings.ts';

const NOW = '2024-10-24T12:00:00Z';

describe('clocks', () => {
  it.each<[number | null, string, RegExp]>([
    [0, 'ok', /agree/],
    [60, 'ok', /agree/],
    [-60.4, 'ok', /agree/],
    [61, 'fail', /61 s behind/],
    [-3600, 'fail', /3600 s ahead/],
    [null, 'unknown', /does not say/],
  ])('%s s to the forge: %s', (skew, level, sentence) => {
    expect(judgeForgeClock(skew)).toMatchObject({ level, sentence: expect.stringMatching(sentence) });
  });

  it.each<[string | null, string]>([
    ['2024-10-24T11:00:00Z', 'ok'],
    ['2024-10-24T12:01:00Z', 'ok'],
    ['2024-10-24T12:01:01Z', 'fail'],
    [null, 'unknown'],
  ])('newest evidence of %s: %s', (newest, level) => {
    expect(judgeEvidenceClock(newest, NOW).level).toBe(level);
  });
});

describe('other patchers', () => {
  const seen = new Map([
    ['web-1', ['unattended-upgrades']],
    ['web-2', ['amazon-ssm-agent', 'unattended-upgrades']],
    ['db-1', ['dnf-automatic-install.timer']],
    ['db-2', []],
  ]);
  it('are counted, each with its remedy', () => {
    expect(judgePatchers(seen, undefined)).toEqual({
      code: 'other-patchers',
      level: 'warn',
      sentence:
        'amazon-ssm-agent on 1 of 4 hosts; dnf-automatic-install.timer on 1 of 4 hosts; unattended-upgrades on 2 of 4 hosts',
      remedy: expect.stringMatching(
        /list-associations.*disable --now dnf-automatic-install\.timer.*Periodic/,
      ),
    });
  });
  it('are named only where names are disclosed', () => {
    expect(judgePatchers(seen, 'names').sentence).toContain('2 of 4 hosts (web-1, web-2)');
    expect(judgePatchers(seen, 'counts').sentence).not.toMatch(/web-|db-/);
  });
  it('are not known without a scan, and none is none', () => {
    expect(judgePatchers(null, undefined)).toMatchObject({ level: 'unknown', because: 'not-told' });
    expect(judgePatchers(new Map([['a', []]]), undefined).level).toBe('ok');
  });
});

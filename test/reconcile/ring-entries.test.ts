import { describe, expect, it } from 'vitest';
import { entriesForRing } from '../../src/reconcile/ring-entries.ts';
import { entry, key, ringedBaseline, rings } from '../support/builders/rings.ts';

const offered = {
  [key('openssl')]: entry('2'),
  [key('libnew')]: entry('1', { role: 'dependency', approvedBy: 'dependency-of:openssl' }),
  [key('postgres')]: entry('5', { untested: true }),
  [key('libpg')]: entry('1', { role: 'dependency', approvedBy: 'dependency-of:postgres' }),
};
const installed = new Map([
  ['canary', new Set([key('openssl')])],
  ['early', new Set([key('openssl'), key('postgres')])],
]);
const fit = (ring: string, untested?: 'hold' | 'own-canary') => {
  const all = rings('canary', 'early', 'prod').map((r) => ({ ...r, ...(untested ? { untested } : {}) }));
  const at = all.find((r) => r.id === ring);
  if (!at) throw new Error(ring);
  return entriesForRing(ringedBaseline({ rings: all }), at, offered, installed);
};
const untested = (ring: string) => [...fit(ring).entries].filter(([, e]) => e.untested).map(([k]) => k);

describe('entriesForRing: what no earlier ring can exercise is untested', () => {
  it('in the first ring nothing is marked: it is where everything is tried', () => {
    expect(untested('canary')).toEqual([]);
  });
  it('a package that no host of an earlier ring has is marked, with what it needs', () => {
    expect(untested('early')).toEqual([key('postgres'), key('libpg')]);
  });
  it('once an earlier ring has it, it is not', () => {
    expect(untested('prod')).toEqual([]);
  });
  it('untested: hold leaves it out with a reason', () => {
    const { entries, leftOut } = fit('early', 'hold');
    expect([...entries.keys()]).toEqual([key('openssl'), key('libnew')]);
    expect(leftOut[0]).toEqual({
      name: 'postgres',
      version: '5',
      reason: 'no host of an earlier ring (canary) has it, and ring early holds what is untested',
    });
    expect(leftOut).toHaveLength(2);
  });
});

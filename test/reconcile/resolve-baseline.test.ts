import { describe, expect, it } from 'vitest';
import type { WantedPatch } from '../../src/domain/wanted-patch.ts';
import type { SolveAnswer, SolveRequest } from '../../src/ports/package-solver.ts';
import { resolveBaseline } from '../../src/reconcile/resolve-baseline.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';

const resolve = async (
  wanted: readonly WantedPatch[],
  answer?: (r: SolveRequest) => SolveAnswer,
  limit = 10,
) => {
  const asked: SolveRequest[] = [];
  const result = await resolveBaseline(
    {
      solver: {
        solve: async (r) => {
          asked.push(r);
          return answer ? answer(r) : { kind: 'solved', installs: r.wanted, removes: [] };
        },
      },
      forbids: () => null,
      compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
      offer: () => async () => [],
      facts: async (set) => ({ status: `status of ${set}`, components: [] }),
      firstSeen: () => '2024-09-09',
      keepBytes: async (row) => (row.name === 'lost' ? 'its bytes are gone' : null),
    },
    wanted,
    limit,
  );
  return { ...result, asked };
};
const on = (set: string, name: string, version: string, over: Partial<WantedPatch> = {}) =>
  wantedPatch({ set, candidate: packageRow({ name, version }), ...over });

describe('resolveBaseline', () => {
  it('asks once per component set, however many rings want it', async () => {
    const { asked, closure } = await resolve([
      on('s1', 'a', '2'),
      on('s1', 'a', '2', { ring: 'production' }),
      on('s2', 'b', '2'),
    ]);
    expect(asked).toHaveLength(2);
    expect(closure).toBe('checked');
  });
  it('asks for the sets of most hosts first and says that it is a sample', async () => {
    const { asked, closure, entries } = await resolve(
      [on('s1', 'a', '2', { assets: 1 }), on('s2', 'b', '2', { assets: 9 })],
      undefined,
      1,
    );
    expect(asked.map((r) => r.wanted[0]?.name)).toEqual(['b']);
    expect(closure).toBe('sampled');
    expect(entries.size).toBe(2);
  });
  it('keeps a version that one set cannot install out of the shared lock, and names it', async () => {
    const { entries, leftOut } = await resolve(
      [on('s1', 'a', '2'), on('s1', 'b', '2'), on('s2', 'a', '2', { assets: 1 })],
      (r) =>
        r.wanted.some((w) => w.name === 'a') && r.status === 'status of s1'
          ? { kind: 'unsolvable', message: 'no' }
          : { kind: 'solved', installs: r.wanted, removes: [] },
    );
    expect(leftOut.map((l) => l.name)).toEqual(['a']);
    expect([...entries.keys()]).toEqual(['pkg:deb/debian/b?arch=amd64&distro=debian-12']);
  });
  it('leaves out what has no bytes, and what needs it', async () => {
    const { entries, leftOut } = await resolve([on('s1', 'lost', '2'), on('s1', 'ok', '2')]);
    expect(leftOut).toEqual([{ name: 'lost', version: '2', reason: 'its bytes are gone', cause: 'bytes' }]);
    expect([...entries.keys()]).toEqual(['pkg:deb/debian/ok?arch=amd64&distro=debian-12']);
  });
  it('gives the same entries whatever the order of the rows', async () => {
    const rows = [on('s1', 'a', '2'), on('s2', 'a', '3'), on('s2', 'c', '1')];
    const one = await resolve(rows);
    const two = await resolve([...rows].reverse());
    expect([...one.entries].sort()).toEqual([...two.entries].sort());
  });
});

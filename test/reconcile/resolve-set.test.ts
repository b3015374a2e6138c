import { describe, expect, it } from 'vitest';
import type { PackageRow } from '../../src/contracts/generated/fleet-rows.ts';
import type { SolveAnswer, SolveRequest } from '../../src/ports/package-solver.ts';
import { resolveSet } from '../../src/reconcile/resolve-set.ts';
import type { Offer } from '../../src/reconcile/solver-packages.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';

const offerOf =
  (rows: readonly PackageRow[]): Offer =>
  async ({ names, sources }) =>
    rows.filter((r) => names.includes(r.name) || sources.includes(r.sourcePackage));

/** A solver that answers what the table says for the names it is asked for. */
const solverOf = (answer: (request: SolveRequest) => SolveAnswer) => {
  const asked: SolveRequest[] = [];
  return {
    asked,
    solve: async (request: SolveRequest) => {
      asked.push(request);
      return answer(request);
    },
  };
};
const installAll = (request: SolveRequest): SolveAnswer => ({
  kind: 'solved',
  installs: request.wanted,
  removes: [],
});
const input = (wanted = [wantedPatch()], status: string | null = 'Package: openssl') => ({
  stream: 'debian:12:amd64',
  status,
  components: [],
  wanted,
});

describe('resolveSet', () => {
  it('takes what the solver installs beyond the wanted as dependencies, with who needs them', async () => {
    const app = packageRow({ name: 'app', depends: 'lib-new (>= 1)' });
    const lib = packageRow({ name: 'lib-new', version: '1.0' });
    const solver = solverOf((r) => ({
      kind: 'solved',
      installs: [...r.wanted, { name: 'lib-new', arch: 'amd64', version: '1.0' }],
      removes: [],
    }));
    const set = await resolveSet(
      { solver, offer: offerOf([app, lib]), forbids: () => null },
      input([wantedPatch({ candidate: app })]),
    );
    expect(set.closure).toBe('checked');
    expect(set.packages.map((p) => [p.row.name, p.wanted?.name ?? null, p.neededBy])).toEqual([
      ['app', 'app', []],
      ['lib-new', null, ['app']],
    ]);
    expect(solver.asked[0]?.packages).toContain('Package: lib-new');
  });

  it.each([
    ['there is no status file', null, installAll],
    ['no solver is there', 'Package: x', (): SolveAnswer => ({ kind: 'unavailable', message: 'no apt' })],
  ])('is unchecked, and says so, when %s', async (_why, status, answer) => {
    const set = await resolveSet(
      { solver: solverOf(answer), offer: offerOf([]), forbids: () => null },
      input([wantedPatch()], status),
    );
    expect(set).toMatchObject({ closure: 'unchecked', leftOut: [] });
    expect(set.packages).toHaveLength(1);
  });

  it('leaves out only the source package that cannot be installed, with the reason of the solver', async () => {
    const good = wantedPatch({ candidate: packageRow({ name: 'good' }) });
    const bad = wantedPatch({ candidate: packageRow({ name: 'bad' }) });
    const solver = solverOf((r) =>
      r.wanted.some((w) => w.name === 'bad')
        ? { kind: 'unsolvable', message: 'bad : Depends: gone' }
        : installAll(r),
    );
    const set = await resolveSet({ solver, offer: offerOf([]), forbids: () => null }, input([bad, good]));
    expect(set.packages.map((p) => p.row.name)).toEqual(['good']);
    expect(set.leftOut).toEqual([
      { name: 'bad', version: '3.0.15-1', reason: 'bad : Depends: gone', cause: 'closure' },
    ]);
  });

  it('never locks what would remove a package', async () => {
    const solver = solverOf((r) => ({ kind: 'solved', installs: r.wanted, removes: ['nginx'] }));
    const set = await resolveSet({ solver, offer: offerOf([]), forbids: () => null }, input());
    expect(set.packages).toEqual([]);
    expect(set.leftOut[0]?.reason).toBe('would remove nginx');
  });

  it('respects a block or hold on a dependency', async () => {
    const app = packageRow({ name: 'app', depends: 'lib' });
    const lib = packageRow({ name: 'lib', version: '2' });
    const solver = solverOf((r) => ({
      kind: 'solved',
      installs: [...r.wanted, { name: 'lib', arch: 'amd64', version: '2' }],
      removes: [],
    }));
    const set = await resolveSet(
      {
        solver,
        offer: offerOf([app, lib]),
        forbids: (row) => (row.name === 'lib' ? 'blocked by rule no-lib' : null),
      },
      input([wantedPatch({ candidate: app })]),
    );
    expect(set.packages).toEqual([]);
    expect(set.leftOut[0]?.reason).toBe('needs lib 2: blocked by rule no-lib');
  });

  it('asks again without what may not be installed, and takes what does as well', async () => {
    const app = packageRow({ name: 'app', stanza: 'Package: app\nDepends: lib' });
    const libs = ['1', '2', '3'].map((version) =>
      packageRow({ name: 'lib', version, stanza: `Package: lib\nVersion: ${version}` }),
    );
    // The newest of what is offered, as apt does.
    const solver = solverOf((r) => {
      const newest = /Version: (\d)(?!.*Version)/s.exec(r.packages)?.[1];
      if (newest === undefined) return { kind: 'unsolvable', message: 'lib is not installable' };
      const lib = { name: 'lib', arch: 'amd64', version: newest };
      return { kind: 'solved', installs: [...r.wanted, lib], removes: [] };
    });
    const asking = (lowest: string) =>
      resolveSet(
        {
          solver,
          offer: offerOf([app, ...libs]),
          forbids: (row) => (row.name === 'lib' && row.version > lowest ? `rule no-${row.version}` : null),
        },
        input([wantedPatch({ name: 'app', candidate: app })]),
      );
    const { packages } = await asking('1');
    expect(packages.map((p) => `${p.row.name} ${p.row.version}`)).toEqual(['app 3.0.15-1', 'lib 1']);
    expect((await asking('0')).leftOut[0]?.reason).toBe('needs lib 3: rule no-3');
  });

  it('does not lock a dependency that no origin offers', async () => {
    const solver = solverOf((r) => ({
      kind: 'solved',
      installs: [...r.wanted, { name: 'ghost', arch: 'amd64', version: '1' }],
      removes: [],
    }));
    const set = await resolveSet({ solver, offer: offerOf([]), forbids: () => null }, input());
    expect(set.leftOut[0]?.reason).toBe('needs ghost 1, which no origin offers');
  });
});

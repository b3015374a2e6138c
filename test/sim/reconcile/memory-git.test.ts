import { describe, expect, it } from 'vitest';
import { rngOf } from '../rng.ts';
import { createSchedule } from '../schedule.ts';
import { callLayer, type Process } from './calls.ts';
import { gitPort } from './git-port.ts';
import { type Commit, ObjectStore, type RefMove, Remote } from './memory-git.ts';
import { parseTrailers } from './trailers.ts';

const PERSON = { name: 'olga', email: 'olga@example.org', at: '2025-03-03T08:00:00Z' };

function repository() {
  const store = new ObjectStore();
  const commit = (parents: readonly Commit[], files: Record<string, string>, message = 'm\n'): Commit =>
    store.write({
      parents: parents.map((p) => p.id),
      files: new Map([...(parents[0]?.files ?? []), ...Object.entries(files)]),
      message,
      author: PERSON,
      committer: PERSON,
      signer: null,
    });
  return { store, commit };
}

describe('commits in memory', () => {
  it('have an id of their content', () => {
    const { commit } = repository();
    const a = commit([], { x: '1' });
    expect(commit([], { x: '1' }).id).toBe(a.id);
    expect(commit([], { x: '2' }).id).not.toBe(a.id);
    expect(a.id).toMatch(/^[0-9a-f]{40}$/);
  });

  it('merge by whole files', () => {
    const { store, commit } = repository();
    const first = commit([], { a: '1', b: '1' });
    const ours = commit([first], { a: '2' });
    const theirs = commit([first], { b: '2' });
    const merged = store.merge(ours.id, theirs.id);
    expect('files' in merged && Object.fromEntries(merged.files)).toEqual({ a: '2', b: '2' });
    expect(store.merge(ours.id, commit([first], { a: '3' }).id)).toEqual({ conflicts: ['a'] });
    expect(store.between(ours.id, theirs.id).map((c) => c.id)).toEqual([theirs.id]);
    expect(store.mergeBase(ours.id, theirs.id)?.id).toBe(first.id);
  });

  it.each([
    ['s\n\nA: 1\nB-c: two words\n', ['A 1', 'B-c two words']],
    ['A: 1\n', []],
    ['s\n\nA: 1\n\nB: 2\n', ['B 2']],
  ])('read the trailers of %j', (message, found) => {
    expect(parseTrailers(message).map((t) => `${t.key} ${t.value}`)).toEqual(found);
  });
});

describe('the Git port of a process', () => {
  const setup = () => {
    const { store, commit } = repository();
    const schedule = createSchedule(0);
    const moves: RefMove[] = [];
    const remote = new Remote((move) => void moves.push(move));
    const by: Process = { clone: 0, name: 'c1-1', started: 0, alive: true, crashed: false };
    const layer = (faults: Parameters<typeof callLayer>[0]['faults']) =>
      callLayer({
        schedule,
        rng: rngOf(1, 'test'),
        faults,
        start: 0,
        restAt: 1e9,
        counted: () => undefined,
        crashed: () => undefined,
        served: async () => undefined,
      });
    const open = (faults: Parameters<typeof callLayer>[0]['faults'] = []) => {
      const disk = { refs: new Map<string, string>(), objects: new Set<string>() };
      const world = {
        ...{ store, remote, layer: layer(faults), principals: new Map() },
        ...{ mover: () => ({ bot: true, name: 'c1' }), pushed: async () => undefined },
        ...{ fetched: () => undefined, pushing: () => undefined },
      };
      return { disk, git: gitPort(world, disk, by) };
    };
    const settle = async <T>(work: Promise<T>): Promise<T | Error | 'never'> => {
      let end: T | Error | 'never' = 'never';
      void work.then(
        (value) => void (end = value),
        (error: Error) => void (end = error),
      );
      await schedule.run(1e9, () => false);
      return end;
    };
    return { store, commit, remote, moves, open, settle, by };
  };

  it('fetches with pruning and knows only what it fetched', async () => {
    const { commit, remote, open, settle } = setup();
    const first = commit([], { a: '1' });
    remote.move('refs/heads/main', first.id, { bot: false, name: 'olga' });
    const { disk, git } = open();
    disk.refs.set('refs/remotes/origin/gone', first.id);
    expect(await settle(git.resolve(first.id))).toBeUndefined();
    await settle(git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']));
    expect([...disk.refs.keys()]).toEqual(['refs/remotes/origin/main']);
    expect(await settle(git.resolve(first.id))).toBe(first.id);
    expect(await settle(git.fetch('origin', ['+refs/pull/1/head:refs/x/1']))).toMatchObject({
      code: 'forge-failed',
    });
  });

  it.each([
    ['a lease that holds', 'first', undefined, 1],
    ['a lease that is lost', 'other', 'lease-lost', 0],
    ['a branch that was not to exist', null, 'lease-lost', 0],
  ] as const)('pushes with %s', async (_name, expected, code, moved) => {
    const { commit, remote, moves, open, settle } = setup();
    const first = commit([], { a: '1' });
    const next = commit([first], { a: '2' });
    remote.move('refs/heads/x', first.id, { bot: false, name: 'olga' });
    moves.length = 0;
    const { disk, git } = open();
    for (const { id } of [first, next]) disk.objects.add(id);
    const lease = expected === null ? null : expected === 'first' ? first.id : next.id;
    const end = await settle(git.push('origin', [{ ref: 'refs/heads/x', to: next.id, expected: lease }]));
    expect(code === undefined ? end : (end as { code?: string }).code).toBe(code);
    expect(moves).toHaveLength(moved);
  });

  it.each([
    ['fail-before', 0, 'forge-failed'],
    ['fail-after', 1, 'forge-failed'],
    ['crash-before', 0, 'never'],
    ['crash-after', 1, 'never'],
  ] as const)('shows what %s leaves of a push', async (kind, moved, shown) => {
    const { commit, remote, moves, open, settle, by } = setup();
    const first = commit([], { a: '1' });
    const { disk, git } = open([{ on: 'git', at: 0, clone: null, target: 'push', kind, times: 1, size: 1 }]);
    disk.objects.add(first.id);
    const end = await settle(git.push('origin', [{ ref: 'refs/heads/x', to: first.id, expected: null }]));
    expect(typeof end === 'object' ? (end as { code?: string }).code : end).toBe(shown);
    expect(moves).toHaveLength(moved);
    expect(remote.refs.has('refs/heads/x')).toBe(moved === 1);
    expect(by.crashed).toBe(kind.startsWith('crash'));
  });
});

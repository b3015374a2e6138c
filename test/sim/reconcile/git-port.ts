import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { Git } from '../../../src/ports/git.ts';
import type { Call, CallLayer, Process } from './calls.ts';
import type { Commit, Mover, ObjectStore, RefMove, Remote } from './memory-git.ts';

/** A clone on the disk of one reconciler: it outlives its processes. */
export interface CloneDisk {
  readonly refs: Map<string, string>;
  readonly objects: Set<string>;
}

export interface GitWorld {
  readonly store: ObjectStore;
  readonly remote: Remote;
  readonly layer: CallLayer;
  readonly mover: (by: Process) => Mover;
  /** Key file → principal, as allowed-signers has it. */
  readonly principals: ReadonlyMap<string, string>;
  /** The forge hears of a push. */
  readonly pushed: (by: Process) => Promise<void>;
  /** A process saw the remote's branches, of now or of so many moves ago. */
  readonly fetched: (by: Process, ago: number) => void;
  readonly pushing: (moves: readonly RefMove[], by: Process) => void;
}

export type SimulatedGit = Pick<
  Git,
  | 'fetch'
  | 'push'
  | 'resolve'
  | 'refs'
  | 'readCommit'
  | 'verifyCommit'
  | 'commitsBetween'
  | 'isAncestor'
  | 'createCommit'
  | 'mergeTree'
>;

const failed = (what: string) => () => new PatchwardenError('forge-failed', `no answer to git ${what}`);

/** The Git port of one process over its clone's disk and the shared remote. */
export function gitPort(world: GitWorld, disk: CloneDisk, by: Process): SimulatedGit {
  const { store, remote, layer } = world;
  const local = <T>(effect: () => T): Promise<T> =>
    layer.call(by, { on: 'git', target: 'local', effect, failure: failed('locally'), quick: true });
  const far = <T>(target: string, effect: Call<T>['effect']): Promise<T> =>
    layer.call(by, { on: 'git', target, effect, failure: failed(target) });
  const own = (id: string): Commit => {
    if (!disk.objects.has(id)) throw new PatchwardenError('forge-failed', `the clone has no commit ${id}`);
    return store.get(id);
  };
  const receive = (id: string): void => {
    if (!disk.objects.has(id)) for (const a of store.ancestors(id)) disk.objects.add(a);
  };

  return {
    fetch: (_remote, refspecs) =>
      far('fetch', (ago) => {
        const seen = remote.seen(ago);
        for (const spec of refspecs) fetchRefs(disk, seen, spec, receive);
        if (refspecs.some((s) => s.startsWith('+refs/heads/*:'))) world.fetched(by, ago);
      }),
    push: (_remote, updates) =>
      far('push', async () => {
        const moves = updates.map(({ ref, to }) => ({ ref, from: remote.refs.get(ref) ?? null, to }));
        const lost = updates.find(({ ref, expected }) => (remote.refs.get(ref) ?? null) !== expected);
        if (lost) throw new PatchwardenError('lease-lost', `${lost.ref} is not where it was expected`);
        for (const { to } of updates) if (to !== null) own(to);
        world.pushing(moves, by);
        for (const { ref, to } of updates) remote.move(ref, to, world.mover(by));
        await world.pushed(by);
        return updates;
      }).then((arrived) => {
        // As git does with what it tracks, once the remote has said that it took it.
        for (const { ref, to } of arrived) {
          const tracking = ref.replace('refs/heads/', 'refs/remotes/origin/');
          if (to === null) disk.refs.delete(tracking);
          else disk.refs.set(tracking, to);
        }
      }),
    resolve: (revision) =>
      local(() => disk.refs.get(revision) ?? (disk.objects.has(revision) ? revision : undefined)),
    refs: (prefix) => local(() => new Map([...disk.refs].filter(([ref]) => ref.startsWith(prefix)).sort())),
    readCommit: (id) => local(() => own(id)),
    verifyCommit: (id) =>
      local(() => {
        const { signer } = own(id);
        const principal = signer === null ? undefined : world.principals.get(signer);
        if (principal !== undefined) return { valid: true, principal, fingerprint: `SHA256:${signer}` };
        return { valid: false, reason: signer === null ? 'unsigned' : 'unknown-key' };
      }),
    commitsBetween: (base, head) => local(() => store.between(own(base).id, own(head).id).map((c) => c.id)),
    isAncestor: (ancestor, of) => local(() => store.isAncestor(own(ancestor).id, own(of).id)),
    createCommit: ({ base, files, parents, message, signer, at }) =>
      local(() => {
        const after = new Map(base === null ? [] : own(base).files);
        for (const [path, content] of files)
          if (content === null) after.delete(path);
          else after.set(path, String(content));
        const person = { name: signer.name, email: signer.email, at };
        const draft = { files: after, parents, author: person, committer: person, message };
        const { id } = store.write({ ...draft, signer: signer.key });
        disk.objects.add(id);
        return id;
      }),
    mergeTree: (base, head) =>
      local(() => {
        const merged = store.merge(own(base).id, own(head).id);
        return 'conflicts' in merged ? merged : { tree: 'tree' };
      }),
  };
}

/** As `git fetch --prune`: branches that are gone are forgotten, a single reference that is gone is an error. */
function fetchRefs(
  disk: CloneDisk,
  seen: ReadonlyMap<string, string>,
  spec: string,
  receive: (id: string) => void,
): void {
  const [from = '', to = ''] = spec.replace(/^\+/, '').split(':');
  if (!from.endsWith('*')) {
    const id = seen.get(from);
    if (id === undefined) throw new PatchwardenError('forge-failed', `couldn't find remote ref ${from}`);
    receive(id);
    disk.refs.set(to, id);
    return;
  }
  const [source, target] = [from.slice(0, -1), to.slice(0, -1)];
  for (const ref of [...disk.refs.keys()])
    if (ref.startsWith(target) && !seen.has(source + ref.slice(target.length))) disk.refs.delete(ref);
  for (const [ref, id] of seen) {
    if (!ref.startsWith(source)) continue;
    receive(id);
    disk.refs.set(target + ref.slice(source.length), id);
  }
}

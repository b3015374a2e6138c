import { createHash } from 'node:crypto';
import { parseTrailers } from './trailers.ts';

export type Files = ReadonlyMap<string, string>;

interface Person {
  readonly name: string;
  readonly email: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** A commit as it really came about; `signer` is the key that signed it, whatever it says of itself. */
export interface Commit {
  readonly id: string;
  readonly seq: number;
  readonly files: Files;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
  readonly trailers: readonly { readonly key: string; readonly value: string }[];
  readonly signer: string | null;
}

export type CommitDraft = Pick<Commit, 'files' | 'parents' | 'author' | 'committer' | 'message' | 'signer'>;

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** Commits of all clones; who has which of them is kept elsewhere. */
export class ObjectStore {
  readonly #commits = new Map<string, Commit>();
  readonly #ancestors = new Map<string, ReadonlySet<string>>();

  write(draft: CommitDraft): Commit {
    const files = new Map([...draft.files].sort(([a], [b]) => (a < b ? -1 : 1)));
    const tree = sha1(JSON.stringify([...files]));
    const { parents, author, committer, message, signer } = draft;
    const id = sha1(JSON.stringify([tree, parents, author, committer, message, signer]));
    const known = this.#commits.get(id);
    if (known) return known;
    const commit = { ...draft, files, tree, id, seq: this.#commits.size, trailers: parseTrailers(message) };
    this.#commits.set(id, commit);
    return commit;
  }

  has(id: string): boolean {
    return this.#commits.has(id);
  }

  get(id: string): Commit {
    const found = this.#commits.get(id);
    if (!found) throw new Error(`no commit ${id}`);
    return found;
  }

  /** Itself included. */
  ancestors(id: string): ReadonlySet<string> {
    const known = this.#ancestors.get(id);
    if (known) return known;
    const all = new Set([id]);
    for (const parent of this.get(id).parents) for (const a of this.ancestors(parent)) all.add(a);
    this.#ancestors.set(id, all);
    return all;
  }

  isAncestor(ancestor: string, of: string): boolean {
    return this.ancestors(of).has(ancestor);
  }

  /** Reachable from head and not from base, parents first. */
  between(base: string, head: string): readonly Commit[] {
    const below = this.ancestors(base);
    return [...this.ancestors(head)]
      .filter((id) => !below.has(id))
      .map((id) => this.get(id))
      .sort((a, b) => a.seq - b.seq);
  }

  /** The newest commit that both have. */
  mergeBase(a: string, b: string): Commit | undefined {
    const of = this.ancestors(a);
    let best: Commit | undefined;
    for (const id of this.ancestors(b)) {
      const commit = this.get(id);
      if (of.has(id) && (!best || commit.seq > best.seq)) best = commit;
    }
    return best;
  }

  /** Whole files: a file that both sides changed to something else is a conflict. */
  merge(base: string, head: string): { readonly files: Files } | { readonly conflicts: readonly string[] } {
    const old = this.mergeBase(base, head)?.files ?? new Map<string, string>();
    const [ours, theirs] = [this.get(base).files, this.get(head).files];
    const out = new Map(ours);
    const conflicts: string[] = [];
    for (const path of new Set([...old.keys(), ...theirs.keys()])) {
      const [was, mine, other] = [old.get(path), ours.get(path), theirs.get(path)];
      if (other === was || other === mine) continue;
      if (mine !== was) conflicts.push(path);
      else if (other === undefined) out.delete(path);
      else out.set(path, other);
    }
    return conflicts.length > 0 ? { conflicts } : { files: out };
  }

  /** Paths in which two commits differ. */
  changed(from: string, to: string): readonly string[] {
    const [a, b] = [this.get(from).files, this.get(to).files];
    return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
  }
}

/** Who moves a reference: a reconciler's process, or a person (or the forge for one). */
export interface Mover {
  readonly bot: boolean;
  readonly name: string;
}

export interface RefMove {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The references of the one remote, with moments of the past for stale reads. */
export class Remote {
  readonly refs = new Map<string, string>();
  readonly #past: Map<string, string>[] = [];
  readonly #told: (move: RefMove, by: Mover) => void;

  constructor(told: (move: RefMove, by: Mover) => void) {
    this.#told = told;
  }

  move(ref: string, to: string | null, by: Mover): void {
    const from = this.refs.get(ref) ?? null;
    if (from === to) return;
    this.#past.push(new Map(this.refs));
    if (this.#past.length > 12) this.#past.shift();
    if (to === null) this.refs.delete(ref);
    else this.refs.set(ref, to);
    this.#told({ ref, from, to }, by);
  }

  /** What was so far is never seen again. */
  begin(): void {
    this.#past.length = 0;
  }

  /** As it was so many moves ago; 0 is now. */
  seen(ago: number): ReadonlyMap<string, string> {
    return ago === 0 ? this.refs : (this.#past.at(-ago) ?? this.#past[0] ?? this.refs);
  }
}

import { BASE, BOT_LOGIN } from './facts.ts';
import type { Mover, ObjectStore, RefMove } from './memory-git.ts';
import type { OracleDeps } from './oracle.ts';
import type { PullView } from './oracle-types.ts';

/** When what came about, as the oracle saw it itself. Milliseconds; undefined: it is not so. */
export type Memory = ReturnType<typeof createMemory>;

interface PullMemory {
  titleByPerson: number;
  /** A person took our part out of the text once. */
  unmarked: boolean;
  openSince: number;
  closedSince: number;
  readonly words: Map<string, number>;
  readonly labels: Map<string, number>;
  /** Labels that it had once, and when each was taken away. */
  readonly unlabelled: Map<string, number>;
  readonly notices: Map<string, number>;
}

export function createMemory({ now, store }: Pick<OracleDeps, 'now' | 'store'>) {
  const mains = new Set<string>();
  const branches = new Map<string, number>();
  const pulls = new Map<number, PullMemory>();
  /** Branch and digest → pull request → when a person closed it. */
  const refused = new Map<string, Map<number, number>>();

  const of = (number: number): PullMemory => {
    const known = pulls.get(number);
    if (known) return known;
    const fresh: PullMemory = {
      titleByPerson: Number.POSITIVE_INFINITY,
      unmarked: false,
      openSince: now(),
      closedSince: Number.POSITIVE_INFINITY,
      words: new Map(),
      labels: new Map(),
      unlabelled: new Map(),
      notices: new Map(),
    };
    pulls.set(number, fresh);
    return fresh;
  };

  return {
    moved: ({ ref, to }: RefMove, _by: Mover): void => {
      if (ref === `refs/heads/${BASE}` && to !== null) mains.add(to);
      if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), now());
    },
    changed: (before: PullView | undefined, after: PullView, login: string, bot: boolean): void => {
      const pull = of(after.number);
      const at = now();
      if (after.title !== before?.title) pull.titleByPerson = bot ? Number.POSITIVE_INFINITY : at;
      if (!bot && after.body !== before?.body)
        for (const words of after.body.match(/«[^»]*»/g) ?? [])
          if (!pull.words.has(words)) pull.words.set(words, at);
      if (!bot && !after.body.includes('patchwarden:begin')) pull.unmarked = true;
      const labels = asksOf(after);
      for (const label of labels) if (!pull.labels.has(label)) pull.labels.set(label, at);
      for (const label of [...pull.labels.keys()])
        if (!labels.includes(label) && pull.labels.delete(label)) pull.unlabelled.set(label, at);
      for (const { author, body } of after.comments) {
        const mark = /<!-- patchwarden:note (.+?) -->/.exec(body)?.[1];
        if (author === BOT_LOGIN && mark !== undefined && !pull.notices.has(mark)) pull.notices.set(mark, at);
      }
      if (before?.state === 'closed' && after.state === 'open') {
        pull.openSince = at;
        pull.closedSince = Number.POSITIVE_INFINITY;
        for (const of of refused.values()) of.delete(after.number);
      }
      if (before?.state === 'open' && after.state === 'closed') {
        pull.closedSince = at;
        const digest = bot || after.merged ? undefined : contentOf(store, after.headSha);
        if (digest === undefined) return;
        const key = `${after.head} ${digest}`;
        const known = refused.get(key) ?? new Map<number, number>();
        refused.set(key, known.set(after.number, at));
      }
      void login;
    },
    wasMain: (id: string): boolean => mains.has(id),
    /** When a branch got the commit that it has. */
    branchSince: (branch: string): number => branches.get(branch) ?? 0,
    titleByPerson: (number: number): number => of(number).titleByPerson,
    unmarked: (number: number): boolean => of(number).unmarked,
    openSince: (number: number): number => of(number).openSince,
    closedSince: (number: number): number => of(number).closedSince,
    labelSince: (number: number, label: string): number | undefined => of(number).labels.get(label),
    unlabelledAt: (number: number, label: string): number | undefined => of(number).unlabelled.get(label),
    noticeSince: (number: number, mark: string): number | undefined => of(number).notices.get(mark),
    /** Words of people that a text has. */
    wordsIn: (number: number, body: string): readonly { readonly words: string; readonly since: number }[] =>
      [...of(number).words].flatMap(([words, since]) => (body.includes(words) ? [{ words, since }] : [])),
    /** The first pull request with this content that a person closed and nobody opened again, and when. */
    refusedSince: (
      branch: string,
      digest: string,
    ): { readonly number: number; readonly since: number } | undefined => {
      const [first] = [...(refused.get(`${branch} ${digest}`) ?? [])].sort(([, a], [, b]) => a - b);
      return first && { number: first[0], since: first[1] };
    },
  };
}

/** Labels, and the box in the bot's own text that is as good as one. */
const asksOf = ({ labels, author, body }: PullView): readonly string[] =>
  author === BOT_LOGIN && /^- \[x\] <!-- patchwarden:box rebase -->/m.test(body)
    ? [...labels, 'patchwarden/rebase']
    : labels;

/** Digest in the newest signed commit of the bot at or below a commit. */
function contentOf(store: ObjectStore, tip: string): string | undefined {
  const own = [...store.ancestors(tip)]
    .map((id) => store.get(id))
    .filter((c) => c.signer === 'key-of-the-bot')
    .sort((a, b) => b.seq - a.seq)[0];
  return own?.trailers.find((t) => t.key === 'Patchwarden-Content')?.value;
}

import type { Proposal } from '../../../src/domain/proposal.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { Violation } from '../run-seeds.ts';
import type { Process } from './calls.ts';
import { BASE, BOT_KEY, BOT_LOGIN, branchOf, NOTE, ownPath } from './facts.ts';
import { createMemory, type Memory } from './memory.ts';
import type { Mover, ObjectStore, RefMove, Remote } from './memory-git.ts';
import type { Cycle, PullView } from './oracle-types.ts';
import { createPaceCheck } from './pace-check.ts';
import { MINUTE, type Scenario } from './scenario.ts';

export interface OracleDeps {
  readonly scenario: Scenario;
  readonly now: () => number;
  readonly store: ObjectStore;
  readonly remote: Remote;
  /** The pull requests as they are, by number. */
  readonly pulls: () => ReadonlyMap<number, PullView>;
  /** What the clock of a clone says. */
  readonly clock: (clone: number) => number;
}

/** A person who did something so long before the bot's last look at it did it in time; longer ago the bot must look again. */
const FRESH = 4 * MINUTE;

/** Checks what the reconcilers do on every event; it knows nothing of the product's code. */
export function createOracle(deps: OracleDeps) {
  const { store, remote, scenario } = deps;
  const violations: Violation[] = [];
  const checks = new Map<string, number>();
  const cycles = new Map<Process, Cycle>();
  const memory: Memory = createMemory(deps);
  const broken = (invariant: string, message: string): void => {
    violations.push({ invariant, at: instantOf(deps.now()), message });
  };
  const count = (name: string): void => void checks.set(name, (checks.get(name) ?? 0) + 1);
  const pace = createPaceCheck(deps, broken, count);
  /** When a pull request was opened or ended for the last time. */
  let endedAt = Number.NEGATIVE_INFINITY;
  /** The branch that a push deletes right now: what ends by that ends with it. */
  let deleting: string | null = null;
  const topics = new Map(scenario.topics.map((t) => [branchOf(t), t]));
  const main = (): string => remote.refs.get(`refs/heads/${BASE}`) ?? '';
  const isBots = (id: string): boolean => store.get(id).signer === BOT_KEY;
  const theirs = (tip: string): boolean => store.between(main(), tip).some((c) => !isBots(c.id));

  const cycleOf = (by: Process): Cycle => {
    const found = cycles.get(by);
    if (!found) throw new Error(`${by.name} has no cycle`);
    return found;
  };
  /** Whether a process could know of something that came about at a time. */
  const couldKnow = (cycle: Cycle, key: string, since: number): boolean => {
    const look = cycle.looks.get(key);
    if (!look || deps.now() - look.at > FRESH) return true;
    return look.exact && since < look.at;
  };
  /** The newest look at any of these counts. */
  const couldKnowBy = (cycle: Cycle, keys: readonly string[], since: number): boolean => {
    const [newest] = keys
      .filter((key) => cycle.looks.has(key))
      .sort((a, b) => (cycle.looks.get(b)?.at ?? 0) - (cycle.looks.get(a)?.at ?? 0));
    return newest === undefined || couldKnow(cycle, newest, since);
  };
  const knewWhenDeciding = (cycle: Cycle, branch: string, since: number): boolean => {
    const seen = (key: string): boolean => {
      const look = cycle.looks.get(key);
      return look?.exact === true && since < look.at;
    };
    return !cycle.looks.has('first list') || seen('first list') || seen(`branch ${branch}`);
  };
  const wantedOn = (cycle: Cycle, branch: string): Proposal | undefined =>
    cycle.wanted.find((p) => p.branch === branch);

  const wrote = (cycle: Cycle, what: string): void => {
    count('R5');
    cycle.writes += 1;
    if (cycle.broken) broken('R5', `${cycle.by.name} ${what} after a listing that was not whole`);
  };
  const checkHold = (cycle: Cycle, pull: PullView | undefined, what: string): void => {
    if (!pull || pull.state !== 'open') return;
    const since = memory.labelSince(pull.number, 'patchwarden/hold');
    count('hold');
    if (since === undefined) return;
    const look = cycle.looks.get(`pull ${pull.number}`);
    if (knewWhenDeciding(cycle, pull.head, since) || (look?.exact && since < look.at))
      broken('hold', `${cycle.by.name} ${what} of ${pull.number}, which is on hold`);
  };
  /** A person asked for it to be made anew, or did once, and the process cannot know that this is over. */
  const askedAnew = (cycle: Cycle, pull: PullView | undefined): boolean => {
    if (!pull) return false;
    if (memory.labelSince(pull.number, 'patchwarden/rebase') !== undefined) return true;
    const over = memory.unlabelledAt(pull.number, 'patchwarden/rebase');
    return over !== undefined && !couldKnow(cycle, `pull ${pull.number}`, over);
  };

  /** Before references move by a push of the bot: what the remote had is still there. */
  const pushing = (moves: readonly RefMove[], by: Process): void => {
    const cycle = cycleOf(by);
    deleting = null;
    for (const { ref, from, to } of moves) {
      if (to === null) deleting = ref.replace('refs/heads/', '');
      wrote(cycle, `pushed ${ref}`);
      const branch = ref.replace('refs/heads/', '');
      count('R7');
      if (!ref.startsWith('refs/heads/patchwarden/') || !topics.has(branch)) {
        broken('R7', `${by.name} writes ${ref}`);
        continue;
      }
      const open = [...deps.pulls().values()].find((p) => p.head === branch && p.state === 'open');
      checkHold(cycle, open, `moved the branch`);
      if (from !== null) {
        count('R3');
        const last = open ?? lastOf(branch);
        const unseen = last && !couldKnow(cycle, `pull ${last.number}`, memory.closedSince(last.number));
        if (theirs(from) && !(to !== null && askedAnew(cycle, open ?? (unseen ? last : undefined))))
          broken(
            'R3',
            `${by.name} replaces ${from.slice(0, 7)} on ${branch}, which has a commit of a person`,
          );
        const since = memory.branchSince(branch);
        const looked = Math.max(cycle.decided.get('list') ?? 0, cycle.decided.get(branch) ?? 0);
        if (since > looked && to !== null)
          broken('R5', `${by.name} replaces ${from.slice(0, 7)} on ${branch}, which is newer than its look`);
      }
      if (to === null) checkDelete(cycle, branch, open);
      else checkCommit(cycle, branch, to, open);
    }
  };

  const lastOf = (branch: string): PullView | undefined =>
    [...deps.pulls().values()].filter((p) => p.head === branch).at(-1);

  const checkDelete = (cycle: Cycle, branch: string, open: PullView | undefined): void => {
    count('R5 delete');
    // Opened in the moment before the delete: the forge has no lease on that.
    const met = open && !couldKnow(cycle, `branch ${branch}`, memory.openSince(open.number));
    if (open && !met)
      broken('R5', `${cycle.by.name} deletes ${branch} under the open pull request ${open.number}`);
    if (wantedOn(cycle, branch)) broken('R5', `${cycle.by.name} deletes ${branch}, which is wanted`);
  };

  const checkCommit = (cycle: Cycle, branch: string, to: string, open: PullView | undefined): void => {
    const commit = store.get(to);
    const [parent] = commit.parents;
    count('R4');
    if (!isBots(to)) broken('R4', `${cycle.by.name} pushes ${to.slice(0, 7)}, which it did not sign`);
    if (commit.parents.length !== 1 || parent === undefined || !memory.wasMain(parent))
      return broken('R4', `${to.slice(0, 7)} on ${branch} does not start from a head of ${BASE}`);
    const wanted = wantedOn(cycle, branch);
    if (!wanted) return broken('R4', `${cycle.by.name} pushes to ${branch}, which it does not want`);
    for (const path of store.changed(parent, to)) {
      if (!ownPath(path)) broken('R7', `${cycle.by.name} changes ${path} on ${branch}`);
      if (!wanted.files.has(path)) broken('R4', `${path} on ${branch} is not part of the proposal`);
    }
    for (const [path, text] of wanted.files)
      if ((commit.files.get(path) ?? null) !== text) broken('R4', `${path} on ${branch} is not as wanted`);
    const last = lastOf(branch);
    // One that ended a moment ago is refreshed as if it were open.
    if (!open && !(last && !couldKnow(cycle, `pull ${last.number}`, memory.closedSince(last.number))))
      checkRefusal(cycle, branch, wanted.contentDigest);
  };

  const checkRefusal = (cycle: Cycle, branch: string, digest: string): void => {
    const refused = memory.refusedSince(branch, digest);
    count('refusal');
    if (refused && couldKnowBy(cycle, [`branch ${branch}`, `pull ${refused.number}`], refused.since))
      broken('refusal', `${cycle.by.name} brings back what a person closed on ${branch}`);
  };

  const moved = (move: RefMove, by: Mover): void => memory.moved(move, by);

  /** Something changed on the forge; `by` is null when a person did it. */
  const changed = (
    before: PullView | undefined,
    after: PullView,
    login: string,
    by: Process | null,
  ): void => {
    if (by) {
      const cycle = cycleOf(by);
      wrote(cycle, `wrote to pull request ${after.number}`);
      if (!before) created(cycle, after);
      else edited(cycle, before, after);
    }
    if (before?.state !== after.state) endedAt = deps.now();
    memory.changed(before, after, login, by !== null);
  };

  const created = (cycle: Cycle, pull: PullView): void => {
    const { name } = cycle.by;
    count('R1');
    const others = [...deps.pulls().values()].filter(
      (p) => p.head === pull.head && p.number !== pull.number && p.state === 'open',
    );
    for (const other of others)
      if (couldKnowBy(cycle, [`branch ${pull.head}`], memory.openSince(other.number)))
        broken('R1', `${pull.number} and ${other.number} are open for ${pull.head}`);
    if (!topics.has(pull.head) || pull.base !== BASE)
      broken('R1', `${name} opens ${pull.number} from ${pull.head} to ${pull.base}`);
    const wanted = wantedOn(cycle, pull.head);
    if (!wanted) return broken('R4', `${name} opens ${pull.number}, which it does not want`);
    checkRefusal(cycle, pull.head, wanted.contentDigest);
    count('limit');
    const listed = cycle.decided.get('list') ?? 0;
    const open = [...deps.pulls().values()].filter(
      (p) =>
        p.state === 'open' &&
        topics.has(p.head) &&
        p.number !== pull.number &&
        (cycle.created.has(p.head) ||
          memory.openSince(p.number) < (cycle.looks.get('first list')?.at ?? listed)),
    );
    const first = cycle.looks.get('first list');
    // What ends between two pages hides another one: such a listing is nobody's fault.
    const exact = first?.exact === true && !(endedAt >= first.at && endedAt <= listed);
    if (exact && open.length >= scenario.settings.openLimit)
      broken('limit', `${name} opens ${pull.number} beside ${open.length} others`);
    cycle.created.add(pull.head);
  };

  const edited = (cycle: Cycle, before: PullView, after: PullView): void => {
    const n = before.number;
    const { name } = cycle.by;
    const key = `pull ${n}`;
    count('R3 text');
    if (after.base !== before.base || after.reviews !== before.reviews || after.merged !== before.merged)
      broken('R7', `${name} approves, merges or retargets ${n}`);
    if (before.state === 'closed' && after.state === 'open') broken('R3', `${name} reopens ${n}`);
    const text = after.title !== before.title || after.body !== before.body;
    const closed = before.state === 'open' && after.state === 'closed';
    const met =
      closed && deleting === before.head && !couldKnow(cycle, `branch ${deleting}`, memory.openSince(n));
    if (!met && (text || closed)) {
      if (before.author !== BOT_LOGIN && !askedAnew(cycle, before))
        broken('R3', `${name} writes to ${n}, which ${before.author} opened`);
      checkHold(cycle, before, closed ? 'closed' : 'changed the text');
      const tip = remote.refs.get(`refs/heads/${before.head}`);
      const since = memory.branchSince(before.head);
      if (tip !== undefined && theirs(tip) && !askedAnew(cycle, before) && couldKnow(cycle, 'git', since))
        broken(
          'R3',
          `${name} ${closed ? 'closes' : 'changes the text of'} ${n}, whose branch is a person's now`,
        );
    }
    if (text && before.state === 'closed' && couldKnow(cycle, key, memory.closedSince(n)))
      broken('R3', `${name} changes the text of ${n}, which is closed`);
    if (after.title !== before.title && couldKnow(cycle, key, memory.titleByPerson(n)))
      broken('R3', `${name} overwrites the title "${before.title}" of ${n}`);
    for (const { words, since } of memory.wordsIn(n, before.body))
      if (!after.body.includes(words) && couldKnow(cycle, key, since))
        broken('R3', `${name} removes ${words} from the text of ${n}`);
    const older = [...deps.pulls().values()].some(
      (p) => p.head === before.head && p.state === 'open' && p.number < n,
    );
    if (closed && wantedOn(cycle, before.head) && !older)
      broken('R5', `${name} closes ${n}, which is wanted`);
    for (const label of before.labels)
      if (!after.labels.includes(label) && label !== 'patchwarden/rebase')
        broken('R3', `${name} removes the label ${label} of ${n}`);
    commented(cycle, before, after);
  };

  const commented = (cycle: Cycle, before: PullView, after: PullView): void => {
    for (const old of before.comments)
      if (after.comments.find((c) => c.id === old.id)?.body !== old.body)
        broken('R3', `${cycle.by.name} changes a comment of ${before.number}`);
    for (const comment of after.comments.slice(before.comments.length)) {
      const mark = NOTE.exec(comment.body)?.[1];
      if (mark === undefined) continue;
      count('notice');
      const since = memory.noticeSince(before.number, mark);
      const own = cycle.said.has(`${before.number} ${mark}`);
      if (since !== undefined && (own || couldKnow(cycle, `comments ${before.number}`, since)))
        broken('notice', `${cycle.by.name} says "${mark}" at ${before.number} again`);
      cycle.said.add(`${before.number} ${mark}`);
    }
  };

  /** A request leaves a process. */
  const asked = (by: Process, method: string, path: string): void => {
    const cycle = cycleOf(by);
    deleting = null;
    pace.asked(by, method, path);
    if (method === 'GET') return;
    count('R6');
    if (cycle.writing !== null) broken('R6', `${by.name} writes ${path} while it writes ${cycle.writing}`);
    cycle.writing = path;
    const [, asks] = /\/pulls\/(\d+)\/requested_reviewers$/.exec(path) ?? [];
    if (asks !== undefined) checkReviewers(cycle, Number(asks));
    if (/\/(merge|reviews)$/.test(path)) broken('R7', `${by.name} asks for ${method} ${path}`);
  };

  /** Only who opened it a moment ago asks, and once. */
  const checkReviewers = (cycle: Cycle, number: number): void => {
    count('reviewers');
    const head = deps.pulls().get(number)?.head ?? '';
    const again = cycle.said.has(`reviewers ${number}`);
    if (!cycle.created.has(head) || again) broken('R3', `${cycle.by.name} asks for reviews of ${number}`);
    cycle.said.add(`reviewers ${number}`);
  };

  /** Its answer reaches the process. */
  const answered = (
    by: Process,
    request: Request,
    status: number,
    text: string,
    exact: boolean,
    at: number,
  ): void => {
    const cycle = cycleOf(by);
    if (request.method !== 'GET') {
      cycle.writing = null;
      if (status === 401) pace.refused(by);
      const [, asks] = /\/pulls\/(\d+)\/requested_reviewers$/.exec(request.url) ?? [];
      if (asks !== undefined && status >= 400 && status < 500) cycle.said.delete(`reviewers ${asks}`);
      const create = /\/pulls$/.test(new URL(request.url).pathname);
      if (create) checkBlindCreate(cycle, status);
      return;
    }
    const url = new URL(request.url);
    const page = url.searchParams.get('page') ?? '1';
    const look = (key: string): void => void cycle.looks.set(key, { at, exact });
    if (cycle.listing && url.searchParams.get('state') === 'open')
      if (status === 200) cycle.failedPages.delete(page);
      else cycle.failedPages.add(page);
    if (status !== 200) return;
    const head = url.searchParams.get('head');
    if (/\/pulls$/.test(url.pathname)) {
      if (head !== null) {
        if (page === '1' || !exact) look(`branch ${head.replace(/^[^:]*:/, '')}`);
        cycle.said.delete('create');
      } else if (page === '1') look('first list');
      else if (!exact) cycle.looks.set('first list', { at, exact });
      for (const pull of JSON.parse(text) as { number: number }[]) look(`pull ${pull.number}`);
    }
    const [, kind, number, rest] = /\/(pulls|issues)\/(\d+)(\/comments)?$/.exec(url.pathname) ?? [];
    if (kind === undefined) return;
    if (rest === undefined) look(`pull ${number}`);
    else if (page === '1' || !exact) look(`comments ${number}`);
  };

  /** After a create whose end is not known the next one must not come before a look. */
  const checkBlindCreate = (cycle: Cycle, status: number): void => {
    count('blind');
    if (cycle.said.has('create'))
      broken('R1', `${cycle.by.name} creates again without a look at what there is`);
    if (status === 0 || status >= 500) cycle.said.add('create');
  };

  return {
    violations,
    checks,
    memory,
    broken,
    pushing,
    moved,
    changed,
    asked,
    answered,
    limited: pace.limited,
    jumped: pace.jumped,
    theirs,
    fetched: (by: Process, ago: number) =>
      void cycleOf(by).looks.set('git', { at: deps.now(), exact: ago === 0 }),
    began: (by: Process) => {
      const none = { head: '', wanted: [], listing: false, broken: false, writing: null, writes: 0 };
      const sets = { looks: new Map(), decided: new Map(), failedPages: new Set<string>() };
      const own = { created: new Set<string>(), said: new Set<string>() };
      cycles.set(by, { by, started: deps.now(), ...none, ...sets, ...own });
    },
    wants: (by: Process, head: string, wanted: readonly Proposal[]) =>
      void Object.assign(cycleOf(by), { head, wanted }),
    listing: (by: Process) => {
      cycleOf(by).listing = true;
    },
    listed: (by: Process, complete: boolean) => {
      const cycle = cycleOf(by);
      cycle.listing = false;
      cycle.decided.set('list', deps.now());
      if (!complete || cycle.failedPages.size > 0) cycle.broken = true;
      count('listing');
    },
    lookedAt: (by: Process, branch: string) => void cycleOf(by).decided.set(branch, deps.now()),
    writesOf: (by: Process) => cycleOf(by).writes,
  };
}

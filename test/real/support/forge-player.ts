import { expect } from 'vitest';
import { git } from '../../support/git-fixtures.ts';
import { daysAgo, type PaperFleet, type PaperVulnerability, printed } from '../../support/paper-fleet.ts';
import { PACKAGES } from './forge-scenario.ts';
import { type ForgeStage, type MergeStyle, talk } from './forge-stage.ts';

interface Action {
  readonly action: string;
  readonly kind: string;
  readonly scope: string;
  readonly number: number | null;
  readonly reason: string | null;
}

/** Looks at the fleet, lets the bot reconcile, and acts as people do by `kind scope`, on whatever forge. */
export interface Player {
  /** Versions of packages that differ from 1.0; null: hosts have it no more. They stay until the next call. */
  readonly have: (versions: Readonly<Record<string, string | null>>) => void;
  /** What is said of vulnerabilities from so many days ago on. */
  readonly know: (day: number, changes: Readonly<Record<string, Partial<PaperVulnerability>>>) => void;
  /** Scan and sync. */
  readonly look: () => Promise<void>;
  /** What the bot did, as `action kind scope`, sorted, without what it kept. */
  readonly reconcile: () => Promise<readonly string[]>;
  /** The same by the built program, as a process of its own. */
  readonly program: () => Promise<readonly string[]>;
  /** The same, and it must write nothing. */
  readonly still: () => Promise<readonly string[]>;
  /** Number of the last pull request of a kind and scope. */
  readonly number: (what: string) => number;
  readonly numbers: () => ReadonlyMap<string, number>;
  /** What had a pull request before and has the same one still, sorted. */
  readonly same: (before: ReadonlyMap<string, number>) => readonly string[];
  /** What the last run left open. */
  readonly open: () => readonly string[];
  readonly close: (...what: readonly string[]) => Promise<void>;
  readonly merge: (style: MergeStyle, ...what: readonly string[]) => Promise<void>;
  /** The history and the evidence verify from the anchor on. */
  readonly verified: () => Promise<void>;
}

export function playerOf({ fleet, people, writes }: ForgeStage): Player {
  const numbers = new Map<string, number>();
  let last: readonly Action[] = [];
  const number = (what: string): number => {
    const found = numbers.get(what);
    if (found === undefined) throw new Error(`no pull request of ${what} was ever there`);
    return found;
  };
  const did = async (run: PaperFleet['bot']): Promise<readonly string[]> => {
    const { actions } = printed<{ readonly actions: readonly Action[] }>(
      await run('reconcile', '--format', 'json'),
    );
    last = actions;
    for (const a of actions) if (a.number !== null) numbers.set(`${a.kind} ${a.scope}`, a.number);
    return actions
      .filter((a) => a.action !== 'keep')
      .map((a) => `${a.action} ${a.kind} ${a.scope}${a.action === 'defer' ? ` (${a.reason})` : ''}`)
      .sort();
  };
  const known = new Map(Object.entries<PaperVulnerability>(PACKAGES));
  return {
    have: (versions) => {
      const all = Object.keys(PACKAGES).map((name) => [name, versions[name] ?? '1.0'] as const);
      fleet.have(Object.fromEntries(all.filter(([name]) => versions[name] !== null)));
    },
    know: (day, changes) => {
      for (const [name, change] of Object.entries(changes)) {
        const before = known.get(name);
        if (before) known.set(name, { ...before, ...change });
      }
      fleet.know([...known.values()], daysAgo(day));
    },
    look: async () => {
      for (const verb of ['scan', 'sync']) printed(await fleet.run([verb, '--format', 'json']));
    },
    reconcile: () => did(fleet.botHere),
    program: () => did(fleet.bot),
    still: async () => {
      let actions: readonly string[] = [];
      expect(
        await writes(async () => {
          actions = await did(fleet.bot);
        }),
      ).toEqual([]);
      return actions;
    },
    number,
    numbers: () => new Map(numbers),
    same: (before) => [...before].flatMap(([what, n]) => (numbers.get(what) === n ? [what] : [])).sort(),
    open: () =>
      last.filter((a) => a.number !== null && a.action !== 'close').map((a) => `${a.kind} ${a.scope}`),
    close: async (...what) => {
      for (const one of what) await people.close(number(one));
    },
    merge: async (style, ...what) => {
      for (const one of what) {
        await people.approve(number(one), 'approver');
        // What touches several rings needs people of two teams.
        if (/^(expedited|drift) /.test(one)) await people.approve(number(one), 'approver2');
        await people.merge(number(one), style);
      }
      await talk(fleet.clone, 'pull', '-q');
    },
    verified: async () => {
      const args = ['audit', 'verify', '--trust-anchor', fleet.anchor, '--format', 'json'];
      const { code, stdout, stderr } = await fleet.run(args);
      expect(code, `${stdout}${stderr}`).toBe(0);
      expect(git(fleet.clone, ['status', '--porcelain'])).toBe('');
    },
  };
}

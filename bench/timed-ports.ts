/** Ports that tell how long they took. */

import type { FleetStore } from '../src/ports/fleet-store.ts';
import type { Git } from '../src/ports/git.ts';

/** CPU time of all threads: it says more than the clock on a machine that does other things as well. */
export const cpuMs = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000;

/** Milliseconds and number of calls, by what was asked. */
export type Spent = Map<string, { ms: number; times: number }>;

/** Runs something and adds it up. @param clock CPU time, or the time of day for what other processes do */
export async function spend<T>(
  spent: Spent,
  what: string,
  clock: () => number,
  act: () => Promise<T>,
): Promise<T> {
  const from = clock();
  try {
    return await act();
  } finally {
    const { ms, times } = spent.get(what) ?? { ms: 0, times: 0 };
    spent.set(what, { ms: ms + clock() - from, times: times + 1 });
  }
}

/** Statements by their first words, in CPU time. */
export function timedStore(store: FleetStore, spent: Spent): FleetStore {
  const time = <T>(what: string, act: () => Promise<T>): Promise<T> =>
    spend(spent, what.replace(/\s+/g, ' ').slice(0, 90), cpuMs, act);
  return {
    ...store,
    run: (sql, params) => time(sql, () => store.run(sql, params)),
    rows: (sql, params) => time(sql, () => store.rows(sql, params)),
    append: (table, columns, rows) => time(`append ${table}`, () => store.append(table, columns, rows)),
    importParquet: (table, file) => time(`import ${table}`, () => store.importParquet(table, file)),
  };
}

/** Calls by their names, in time of day. */
export const timedGit = (git: Git, spent: Spent): Git =>
  Object.fromEntries(
    Object.entries(git).map(([name, value]) => [
      name,
      typeof value === 'function'
        ? (...args: unknown[]) =>
            spend(
              spent,
              `git ${name}`,
              () => performance.now(),
              () => (value as (...a: unknown[]) => Promise<unknown>)(...args),
            )
        : value,
    ]),
  ) as unknown as Git;

export function tellWorst(spent: Spent, count = 30): void {
  const worst = [...spent].sort(([, a], [, b]) => b.ms - a.ms);
  for (const [what, { ms, times }] of worst.slice(0, count))
    console.error(`${Math.round(ms)} ms, ${times} ×: ${what}`);
}

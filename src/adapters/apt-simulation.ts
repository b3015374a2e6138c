import { compareCodePoints, sortedBy } from '../util/sort.ts';

/** What `apt-get -s` says it would do. */
export interface Simulation {
  readonly installs: readonly { readonly name: string; readonly arch: string; readonly version: string }[];
  /** Package names. */
  readonly removes: readonly string[];
  /** Names of packages that are required and cannot be had. */
  readonly needs: readonly string[];
}

const INSTALL = /^Inst (\S+?)(?::[a-z0-9-]+)?(?: \[[^\]]*\])? \((\S+)(?: [^[]*)?\[([^\]]+)\]\)/;
const REMOVE = /^(?:Remv|Purg) (\S+?)(?::[a-z0-9-]+)?(?: |$)/;
const UNMET = /(?:Pre)?Depends: ([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?: \([^)]*\))? but /;
const LOCATE = /^E: Unable to locate package (\S+)/;

/** Reads the `Inst`, `Remv` lines and the unmet dependencies. @see apt-get(8), option `--simulate` */
export function parseSimulation(text: string): Simulation {
  const installs: { name: string; arch: string; version: string }[] = [];
  const removes = new Set<string>();
  const needs = new Set<string>();
  for (const line of text.split('\n')) {
    const [, name, version, arch] = INSTALL.exec(line) ?? [];
    if (name && version && arch) installs.push({ name, version, arch });
    const removed = REMOVE.exec(line)?.[1];
    if (removed) removes.add(removed);
    const needed = UNMET.exec(line)?.[1] ?? LOCATE.exec(line)?.[1];
    if (needed) needs.add(needed);
  }
  return {
    installs: sortedBy(
      installs,
      (i) => i.name,
      (i) => i.arch,
    ),
    removes: [...removes].sort(compareCodePoints),
    needs: [...needs].sort(compareCodePoints),
  };
}

/** apt's own words for why it failed: its unmet dependencies and its `E:` lines, in one line. */
export function aptSentence(result: { readonly stdout: string; readonly stderr: string }): string {
  const unmet = result.stdout.split('\n').filter((l) => / (?:Pre)?Depends: | Breaks: | Conflicts: /.test(l));
  const errors = result.stderr.split('\n').filter((l) => l.startsWith('E:') || l.startsWith('dpkg: error'));
  const lines = [...unmet, ...errors].map((l) => l.trim().replace(/\s+/g, ' '));
  return lines.join('; ').slice(0, 2000) || `apt-get failed: ${result.stderr.trim().slice(0, 500)}`;
}

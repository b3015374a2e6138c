import { PatchwardenError } from '../domain/errors.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Forge, GitForge, NewPull, PullRequest } from '../ports/forge.ts';
import type { Logger } from '../ports/logger.ts';
import type { StateStore } from '../ports/state-store.ts';

/**
 * A forge that only tells what it would write. Each write is named here one by one, so that a write this file does not know
 * does not compile, and none is passed on by accident.
 */
export function dryRunForge(forge: Forge, log: Pick<Logger, 'info'>): Forge {
  return {
    list: () => forge.list(),
    branch: (name) => forge.branch(name),
    open: async (pull, by) => {
      would(log, `open a pull request from ${pull.branch}: ${pull.title}`);
      return openedPull(pull, { number: 0, base: '', openedBy: by.email });
    },
    refresh: async (number, pull) => {
      would(log, `refresh pull request ${number}: ${pull.title}`);
      const { head, title, body, contentDigest } = pull;
      return { ...(await known(forge, number)), head, title, body, contentDigest };
    },
    close: async (number, reason) => {
      would(log, `close pull request ${number}: ${reason}`);
      return known(forge, number);
    },
  };
}

/** The same of the forge that we are ourselves. */
export function dryRunGitForge(forge: GitForge, log: Pick<Logger, 'info'>): GitForge {
  const dry = dryRunForge(forge, log);
  return {
    ...dry,
    all: () => forge.all(),
    approve: async (number, contentDigest) => {
      would(log, `approve ${contentDigest} of pull request ${number}`);
      return known(forge, number);
    },
    label: async (number, ask, set) => {
      would(log, `${set ? 'ask for' : 'take back'} ${ask} at pull request ${number}`);
      return known(forge, number);
    },
    merge: async (number) => {
      would(log, `merge pull request ${number}`);
      return known(forge, number);
    },
  };
}

async function known(forge: Pick<Forge, 'list'>, number: number): Promise<PullRequest> {
  const listing = await forge.list();
  const pull = listing.complete ? listing.pulls.find((p) => p.number === number) : undefined;
  if (!pull) throw new PatchwardenError('forge-failed', `pull request ${number} is not there`);
  return pull;
}

const would = (log: Pick<Logger, 'info'>, what: string): void => log.info(`dry run: would ${what}`);

/** A pull request as it is right after it was opened. */
export const openedPull = (
  { kind, scope, branch, head, title, body, contentDigest, at }: NewPull,
  by: Pick<PullRequest, 'number' | 'base' | 'openedBy'>,
): PullRequest => ({
  ...by,
  ...{ kind, scope, branch, head, title, body, contentDigest },
  tip: head,
  foreign: false,
  state: 'open',
  openedAt: at,
  asks: [],
  approvals: [],
  merge: null,
  closeReason: null,
  closedBy: null,
});

/** An evidence log that reads and never appends. */
export function dryRunEvidence(evidence: EvidenceLog, log: Pick<Logger, 'info'>): EvidenceLog {
  return {
    head: () => evidence.head(),
    entries: () => evidence.entries(),
    append: async (entries) => {
      for (const entry of entries) log.info(`dry run: would enter ${entry.type} into the evidence log`);
      return evidence.head();
    },
  };
}

/** Small files that are read and never written. */
export function dryRunStateStore(store: StateStore, log: Pick<Logger, 'info'>): StateStore {
  return {
    path: (name) => store.path(name),
    read: (name) => store.read(name),
    list: (prefix) => store.list(prefix),
    write: async (name) => log.info(`dry run: would write ${store.path(name)}`),
    remove: async (name) => log.info(`dry run: would remove ${store.path(name)}`),
    appendLine: async (name) => log.info(`dry run: would append a line to ${store.path(name)}`),
  };
}

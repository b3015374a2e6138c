import { parseLockKey } from '../domain/purl.ts';
import type { HostLook } from './host-state.ts';
import { type Run, wentBad } from './run.ts';

/** It changed the host, or says how a change of the host ended. */
function changedHost(run: Run): boolean {
  switch (run.effect?.outcome) {
    case 'installed':
    case 'already-there':
    case 'restored':
    case 'unrestored':
      return true;
    case 'failed':
      return wentBad(run);
    default:
      return false;
  }
}

const endedBad = ({ effect, health }: Run): boolean =>
  effect?.outcome === 'unrestored' ||
  ((effect?.outcome === 'installed' || effect?.outcome === 'already-there') && health?.verdict === 'bad');

/**
 * Whether a host was left bad: changed, bad, and not taken back, by whatever lock. It stays so until a later run ends
 * otherwise, or a look finds every package of that run whole and in another version than the one that went bad.
 * @param runs all runs of the host, in order
 */
export function isLeftBad(runs: readonly Run[], look: HostLook): boolean {
  const last = runs.findLast(changedHost);
  return last !== undefined && endedBad(last) && !isWellAgain(last, look);
}

function isWellAgain({ packages }: Run, look: HostLook): boolean {
  if (look.kind !== 'plan') return false;
  if (packages.length === 0) return look.components.every((c) => c.state === 'installed');
  return packages.every(({ purl, to }) => {
    const name = parseLockKey(purl)?.name;
    return look.components.every((c) => c.name !== name || (c.version !== to && c.state === 'installed'));
  });
}

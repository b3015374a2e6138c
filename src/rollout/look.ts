import { type ErrorCode, PatchwardenError } from '../domain/errors.ts';
import { planHost } from './host-plan.ts';
import type { HostLook } from './host-state.ts';
import type { RingRollout, RolloutDeps } from './rollout.ts';
import type { MergedLock } from './target.ts';

/** Failures of one host; others (a lost lease, a broken log, a full state location) stop the whole run. */
const HOST_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'host-failed',
  'source-failed',
  'bytes-missing',
  'digest-mismatch',
  'bad-document',
]);

/** Turns what concerns one host alone into a look at it; rethrows everything else. */
export function lookOfError(error: unknown): Exclude<HostLook, { kind: 'plan' }> {
  if (!(error instanceof PatchwardenError) || !HOST_ERRORS.has(error.code)) throw error;
  return error.code === 'host-failed' || error.code === 'source-failed'
    ? { kind: 'unknown', reason: error.message }
    : { kind: 'refused', code: error.code, reason: error.message };
}

/** Looks at one host now and compares it with a lock. Never throws for what concerns only this host. */
export async function lookAt(
  deps: Pick<RolloutDeps, 'observe' | 'drivers'>,
  asset: string,
  rollout: Pick<RingRollout, 'holds'>,
  target: MergedLock,
  alsoNeeded?: ReadonlySet<string>,
): Promise<HostLook> {
  if (!deps.drivers.has(asset))
    return {
      kind: 'refused',
      code: 'usage',
      reason: `no driver for ${asset}: add one to "drivers" in patchwarden.json`,
    };
  try {
    const seen = await deps.observe(asset);
    if (seen.unknown !== null || seen.stream === null)
      return { kind: 'unknown', reason: `${asset} cannot be read: ${seen.unknown ?? 'no-stream'}` };
    const { stream, components } = seen;
    const more = alsoNeeded ? { alsoNeeded } : {};
    return {
      kind: 'plan',
      components,
      plan: planHost({ asset, stream, components, target, holds: rollout.holds, ...more }),
    };
  } catch (error) {
    return lookOfError(error);
  }
}

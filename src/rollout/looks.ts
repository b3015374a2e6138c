import type { HostObservation } from '../domain/component.ts';
import type { Instant } from '../domain/time.ts';
import type { HostLook } from './host-state.ts';

/** What was seen of hosts, for as long as it counts as news. */
export interface Looks {
  get(asset: string, lock: string): HostLook | undefined;
  put(asset: string, lock: string, look: HostLook): void;
  /** The same function, but what a host was a moment ago is not asked again. */
  remembering(observe: Observe): Observe;
  /** Forgets what was seen of a host, because it changed. */
  forget(asset: string): void;
  /** A patched host was asked how it is. */
  heard(asset: string): void;
  /** Whether that is so short ago that asking again would only keep the others waiting. */
  heardLately(asset: string): boolean;
  /** A pass over all hosts took so long: news keep for four times that, lest a big fleet is asked again for ever. */
  paced(ms: number): void;
}

type Observe = (asset: string) => Promise<HostObservation>;

/** A look counts for two minutes; right before a host is started, only one of this moment does. */
const FRESH_MS = 120_000;
/** Between a look at all and the start of some; a host itself compares again before it changes anything. */
const MOMENT_MS = 20_000;
const PASSES = 4;

export function rememberLooks(now: () => Instant): Looks {
  let passMs = 0;
  const heard = new Map<string, number>();
  const observed = new Map<string, { readonly at: number; readonly host: HostObservation }>();
  const seen = new Map<string, Map<string, { readonly at: number; readonly look: HostLook }>>();
  return {
    get(asset, lock) {
      const found = seen.get(asset)?.get(lock);
      return found && Date.parse(now()) - found.at < Math.max(FRESH_MS, PASSES * passMs)
        ? found.look
        : undefined;
    },
    put(asset, lock, look) {
      const locks = seen.get(asset) ?? new Map();
      seen.set(asset, locks.set(lock, { at: Date.parse(now()), look }));
    },
    remembering: (observe) => async (asset) => {
      const last = observed.get(asset);
      if (last && Date.parse(now()) - last.at < MOMENT_MS) return last.host;
      const at = Date.parse(now());
      const host = await observe(asset);
      observed.set(asset, { at, host });
      return host;
    },
    forget(asset) {
      seen.delete(asset);
      observed.delete(asset);
    },
    heard: (asset) => void heard.set(asset, Date.parse(now())),
    heardLately: (asset) => Date.parse(now()) - (heard.get(asset) ?? -Infinity) < PASSES * passMs,
    paced(ms) {
      passMs = Math.max(passMs, ms);
    },
  };
}

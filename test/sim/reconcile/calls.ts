import type { Rng } from '../rng.ts';
import type { Schedule } from '../schedule.ts';
import type { Fault, PortFault } from './scenario.ts';

/** One process of a reconciler, from its start to its end or its crash. */
export interface Process {
  readonly clone: number;
  readonly name: string;
  readonly started: number;
  alive: boolean;
  crashed: boolean;
}

type ArmedFault = Extract<Fault, { readonly times: number }>;

export interface CallDeps {
  readonly schedule: Schedule;
  readonly rng: Rng;
  readonly faults: readonly Fault[];
  readonly start: number;
  readonly restAt: number;
  counted(name: string): void;
  crashed(by: Process): void;
  /** A call was served; people may do something before its answer is there. */
  served(targets: readonly string[]): Promise<void>;
}

export interface Call<T> {
  readonly on: 'git' | 'log' | 'store';
  readonly target: string;
  /** Done once, some time after the call and before the answer, or never. `ago`: so many changes old a stale answer is. */
  readonly effect: (ago: number) => T | Promise<T>;
  readonly failure: () => Error;
  readonly quick?: boolean;
}

/** What stands between the product and the world. A crash lets nothing come back. */
export interface CallLayer {
  call<T>(by: Process, call: Call<T>): Promise<T>;
  /** The fault that is due for a call, if any; it is then used up. */
  take(by: Process, on: ArmedFault['on'], fits: (fault: ArmedFault) => boolean): ArmedFault | undefined;
  crash(by: Process): void;
  served(targets: readonly string[]): Promise<void>;
  /** Gives an answer after so many milliseconds, if the process is still there. */
  answer(by: Process, after: number, give: () => void): void;
}

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export function callLayer(deps: CallDeps): CallLayer {
  const { schedule, rng } = deps;
  const armed = deps.faults
    .filter((f): f is ArmedFault => 'times' in f)
    .map((fault) => ({ fault, left: fault.times }));

  const take: CallLayer['take'] = (by, on, fits) => {
    const now = schedule.now() - deps.start;
    if (armed.length === 0 || now >= deps.restAt) return undefined;
    const i = armed.findIndex(
      ({ fault: f }) => f.on === on && f.at <= now && (f.clone === null || f.clone === by.clone) && fits(f),
    );
    const found = armed[i];
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) armed.splice(i, 1);
    deps.counted(`${on} ${found.fault.target} ${found.fault.kind}`);
    return found.fault;
  };

  const crash = (by: Process): void => {
    if (!by.alive) return;
    by.alive = false;
    by.crashed = true;
    deps.crashed(by);
  };

  const answer: CallLayer['answer'] = (by, after, give) =>
    schedule.at(schedule.now() + after, () => {
      if (!by.alive) return;
      schedule.settled();
      give();
    });

  const call = <T>(by: Process, c: Call<T>): Promise<T> => {
    if (!by.alive) return never();
    const fault = take(by, c.on, (f) => f.target === 'any' || f.target === c.target);
    const kind = fault?.kind as PortFault | undefined;
    if (kind === 'crash-before') {
      crash(by);
      return never();
    }
    const pause = (): number => (c.quick === true ? rng.int(0, 2) : rng.int(5, 200));
    return new Promise<T>((resolve, reject) => {
      const fail = (): void => answer(by, rng.int(1_000, 30_000), () => reject(c.failure()));
      if (kind === 'fail-before') return fail();
      const lead = kind === 'slow' ? rng.int(5_000, 120_000) : pause();
      schedule.at(schedule.now() + lead, () => {
        const work = (async () => c.effect(kind === 'stale' ? (fault?.size ?? 1) : 0))().then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        schedule.hold(
          work.then(async (done) => {
            await deps.served([c.target]);
            if (kind === 'crash-after') return crash(by);
            if (kind === 'fail-after' && 'value' in done) return fail();
            answer(by, pause(), () => ('value' in done ? resolve(done.value) : reject(done.error)));
          }),
        );
      });
    });
  };
  return { call, take, crash, answer, served: deps.served };
}

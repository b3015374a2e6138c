import { type ErrorCode, PatchwardenError } from '../../../src/domain/errors.ts';
import type { Rng } from '../rng.ts';
import type { CallEffect, CallFault } from '../scenario.ts';
import type { Schedule } from '../schedule.ts';

/** One process of a controller, from its start to its end or its crash. */
export interface Incarnation {
  readonly controller: number;
  readonly holder: string;
  readonly started: number;
  alive: boolean;
  calls: number;
  /** True time at which its last successful look at the evidence log began; -1: never. */
  read: number;
  readonly epochs: Set<number>;
}

/** What stands between the product and the world. */
export interface CallLayer {
  /**
   * One call of a port. `effect` happens once, some time after the call and before the answer, or never; `lead` happens
   * before it. A crash lets nothing come back.
   */
  call<T>(by: Incarnation, call: Call<T>): Promise<T>;
}

interface Call<T> {
  readonly port: string;
  readonly failure: ErrorCode;
  readonly effect: (fault: CallEffect | null) => T;
  readonly lead?: () => void;
  /** The answer when nothing comes back, instead of a failure. */
  readonly silence?: () => T;
  /** Milliseconds that the call takes at least. */
  readonly takes?: number;
}

export interface CallDeps {
  readonly schedule: Schedule;
  readonly rng: Rng;
  readonly faults: readonly CallFault[];
  readonly start: number;
  readonly faultsEnd: number;
  counted(name: string): void;
  called(by: Incarnation, port: string): void;
  crashed(by: Incarnation): void;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export function callLayer(deps: CallDeps): CallLayer {
  const { schedule, rng } = deps;
  const armed = [...deps.faults];
  const take = (by: Incarnation, port: string): CallEffect | null => {
    const now = schedule.now() - deps.start;
    if (armed.length === 0 || now >= deps.faultsEnd) return null;
    const i = armed.findIndex(
      (f) => f.at <= now && f.controller === by.controller && (f.port === null || f.port === port),
    );
    if (i < 0) return null;
    const [fault] = armed.splice(i, 1);
    if (fault) deps.counted(`call ${fault.effect}`);
    return fault?.effect ?? null;
  };
  const crash = (by: Incarnation): void => {
    by.alive = false;
    deps.crashed(by);
  };
  const call = <T>(by: Incarnation, c: Call<T>): Promise<T> => {
    if (!by.alive) return never();
    by.calls += 1;
    deps.called(by, c.port);
    const fault = take(by, c.port);
    if (fault === 'crash-before') {
      crash(by);
      return never();
    }
    const begun = schedule.now();
    const lead = fault === 'slow' ? rng.int(5_000, 90_000) : rng.int(1, 60);
    const reach = begun + lead + (c.takes ?? 0) + rng.int(1, 60);
    return new Promise<T>((resolve, reject) => {
      const answer = (at: number, give: () => void): void =>
        schedule.at(at, () => {
          if (!by.alive) return;
          schedule.settled();
          give();
        });
      const nothing = (at: number): void =>
        answer(at, () => {
          if (!c.silence) return reject(new PatchwardenError(c.failure, `no answer (${c.port})`));
          resolve(c.silence());
        });
      const act = (at: number, then: (result: { value: T } | { error: unknown }) => void): void => {
        if (c.lead) schedule.at(Math.max(begun, at - rng.int(20, 400)), c.lead);
        schedule.at(at, () => {
          let result: { value: T } | { error: unknown };
          try {
            result = { value: c.effect(fault) };
          } catch (error) {
            result = { error };
          }
          then(result);
        });
      };
      switch (fault) {
        case 'drop-before':
          return nothing(begun + rng.int(5_000, 30_000));
        case 'drop-after':
          return act(reach, () => nothing(schedule.now() + rng.int(5_000, 30_000)));
        case 'late':
          nothing(begun + 30_000);
          return act(begun + rng.int(31_000, 75_000), () => undefined);
        case 'crash-after':
          return act(reach, () => {
            if (by.alive) crash(by);
          });
        case 'rival':
          return answer(reach, () => reject(new PatchwardenError('lease-lost', 'somebody else was first')));
        case 'garbage':
          return act(reach, () =>
            answer(schedule.now() + 20, () => reject(new PatchwardenError('digest-mismatch', 'garbage'))),
          );
        default:
          return act(reach, (result) =>
            answer(schedule.now() + rng.int(1, 60), () => {
              if ('value' in result) resolve(result.value);
              else reject(result.error);
            }),
          );
      }
    });
  };
  return { call };
}

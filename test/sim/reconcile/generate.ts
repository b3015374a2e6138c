import type { ProposalKind } from '../../../src/domain/proposal.ts';
import { type Rng, rngOf } from '../rng.ts';
import { PEOPLE } from './facts.ts';
import {
  type ApiFault,
  type ApiTarget,
  type CloneSpec,
  type Fault,
  type GitTarget,
  MINUTE,
  type PersonAct,
  type PersonActKind,
  type PortFault,
  type Scenario,
  type TopicSpec,
} from './scenario.ts';

const KINDS: readonly ProposalKind[] = [
  'remediate',
  'promote',
  'rollback',
  'expedited',
  'pins',
  'housekeeping',
];

/** Each as often as it is named. */
const ACTS: readonly PersonActKind[] = [
  ...([
    'push',
    'push',
    'push-unwanted',
    'push-as-bot',
    'amend',
    'update-branch',
    'reset-to-base',
    'take-name',
  ] as const),
  ...(['close', 'close', 'close', 'close-and-delete', 'reopen', 'merge', 'squash', 'rebase-merge'] as const),
  ...([
    'title',
    'body-append',
    'body-replace',
    'body-clear',
    'delete-branch',
    'comment',
    'comment',
    'label',
  ] as const),
  ...(['hold', 'unhold', 'ask-rebase', 'check-box', 'own-pull', 'adopt', 'retarget'] as const),
  ...(['commit', 'commit', 'commit-same-path', 'commit-wanted'] as const),
];

const API_FAULTS: readonly (readonly [ApiTarget, ApiFault])[] = [
  ...Array.from({ length: 5 }, () => ['next-page', 'shift'] as const),
  ...(['create', 'update', 'comment', 'write'] as const).flatMap((target) =>
    (
      [
        '502-after',
        '504-after',
        'drop-after',
        'drop-before',
        '502-before',
        'crash-before',
        'crash-after',
      ] as const
    ).map((kind) => [target, kind] as const),
  ),
  ...(['list', 'next-page', 'branch', 'one', 'read', 'any'] as const).flatMap((target) =>
    (['502-before', 'drop-before', 'stale', 'shift', 'old-answer', 'crash-after'] as const).map(
      (kind) => [target, kind] as const,
    ),
  ),
  ...(['any', 'write', 'create', 'read'] as const).flatMap((target) =>
    (
      ['primary-limit', 'secondary-limit', 'secondary-limit-silent', 'too-many-requests', 'slow'] as const
    ).map((kind) => [target, kind] as const),
  ),
];
const PORT_FAULTS: readonly PortFault[] = [
  ...(['fail-before', 'fail-after', 'fail-after', 'stale', 'slow', 'crash-before', 'crash-after'] as const),
];
const MEETINGS: readonly NonNullable<PersonAct['meets']>[] = [
  ...(['list', 'list', 'branch', 'one', 'one', 'one', 'read', 'create', 'update', 'comment'] as const),
  ...(['write', 'fetch', 'push'] as const),
];
const GIT_TARGETS: readonly GitTarget[] = ['fetch', 'push', 'push', 'push', 'local', 'any'];

/** A world from a seed. */
export function generate(seed: number): Scenario {
  const rng = rngOf(seed, 'reconcile');
  const start = Date.UTC(2025, 2, 3, 8) + rng.int(0, 86_400) * 1000;
  const restAt = rng.int(30, 75) * MINUTE;
  const clones = clonesOf(rng);
  return {
    seed,
    start,
    restAt,
    clones,
    topics: topicsOf(rng, restAt),
    people: list(rng, rng.chance(0.2) ? 0 : rng.int(1, 9), () => personAct(rng, restAt)),
    faults: list(rng, rng.chance(0.15) ? 0 : rng.int(1, 9), () => fault(rng, restAt, clones.length)),
    settings: {
      openLimit: rng.pick([2, 3, 5, 10, 10]),
      pageSize: rng.pick([1, 2, 3, 100]),
      writesAMinute: rng.pick([3, 6, 60, 60]),
      writesAnHour: rng.pick([6, 12, 400, 400]),
    },
  };
}

const list = <T>(rng: Rng, n: number, make: () => T & { readonly at: number }): readonly T[] =>
  Array.from({ length: n }, make).sort((a, b) => a.at - b.at);

function clonesOf(rng: Rng): readonly CloneSpec[] {
  const n = rng.pick([1, 1, 2, 2, 3]);
  const one = rng.int(0, n - 1);
  const all = rng.chance(0.3);
  return Array.from({ length: n }, (_, i) => {
    const every = rng.int(6, 15) * MINUTE + rng.int(0, 59) * 1000;
    // Rivals that start together meet in every step.
    const offset = rng.chance(0.4) ? rng.int(0, 3_000) : rng.int(0, every);
    const lag = rng.chance(0.2) ? rng.int(1, 10) * MINUTE : 0;
    return { name: `c${i + 1}`, every, offset, lag, stays: all || i === one };
  });
}

function topicsOf(rng: Rng, restAt: number): readonly TopicSpec[] {
  const topics: TopicSpec[] = [];
  for (let i = 0; i < rng.int(1, 6); i += 1) {
    const kind = i > 0 && rng.chance(0.2) ? 'remediate' : rng.pick(KINDS);
    const scope = kind === 'pins' ? 'all' : kind === 'housekeeping' ? `team:t${i}` : `web${i}/ring`;
    if (topics.some((t) => t.kind === kind && t.scope === scope)) continue;
    const shared = topics.find((t) => t.path.startsWith('locks/'));
    const path =
      kind === 'pins' ? 'pins.json' : shared && rng.chance(0.2) ? shared.path : `locks/web${i}/ring.json`;
    topics.push({ kind, scope, path, wishes: wishesOf(rng, restAt) });
  }
  return topics;
}

function wishesOf(rng: Rng, restAt: number): TopicSpec['wishes'] {
  const first = rng.chance(0.6) ? 0 : rng.int(0, restAt / 2);
  const times = [first, ...Array.from({ length: rng.int(0, 3) }, () => rng.int(first, restAt))].sort(
    (a, b) => a - b,
  );
  return times.map((at) => ({
    at,
    content: rng.chance(0.2) ? null : rng.int(1, 4),
    waits: rng.chance(0.1),
  }));
}

const personAct = (rng: Rng, restAt: number): PersonAct => ({
  at: rng.int(MINUTE, restAt - 1),
  who: rng.pick(PEOPLE),
  pick: rng.int(0, 999),
  meets: rng.chance(0.5) ? null : rng.pick(MEETINGS),
  act: rng.pick(ACTS),
});

function fault(rng: Rng, restAt: number, clones: number): Fault {
  const at = rng.int(0, restAt - 1);
  const clone = rng.chance(0.5) ? null : rng.int(0, clones - 1);
  const times = rng.chance(0.7) ? 1 : rng.int(2, 6);
  const draw = rng.int(1, 100);
  if (draw <= 60) {
    const [target, kind] = rng.pick(API_FAULTS);
    const limit = kind.includes('limit') || kind === 'too-many-requests';
    // A limit that does not say how long lasts as long as the documentation says.
    const size = !limit
      ? rng.int(1, 4)
      : kind === 'secondary-limit-silent'
        ? 60
        : rng.pick([5, 60, 300, 1800]);
    return { on: 'api', at, clone, target, kind, times: limit ? 1 : times, size };
  }
  const size = rng.int(1, 4);
  if (draw <= 82)
    return { on: 'git', at, clone, target: rng.pick(GIT_TARGETS), kind: rng.pick(PORT_FAULTS), times, size };
  if (draw <= 88) return { on: 'log', at, clone, target: 'any', kind: rng.pick(PORT_FAULTS), times: 1, size };
  if (draw <= 91)
    return {
      on: 'store',
      at,
      clone,
      target: 'any',
      kind: rng.pick(['crash-before', 'crash-after', 'slow']),
      times: 1,
      size,
    };
  if (draw <= 96) return { on: 'token', at };
  return { on: 'clock', at, clone: rng.int(0, clones - 1), by: rng.pick([-1, 1]) * rng.int(1, 90) * MINUTE };
}

/** Who is ended by SIGKILL. */
export const WHO = ['controller', 'helper', 'ssh'] as const;
export type Who = (typeof WHO)[number];

/** When, as seen from one step: what will be done is written down, it is done, what came of it is written down. */
export const MOMENTS = [
  'before intent',
  'after intent',
  'mid-effect',
  'after effect',
  'after outcome',
] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Cell {
  readonly who: Who;
  readonly step: string;
  readonly moment: Moment;
  /** What the lock brings: a version that works, or one that fails and is taken back. */
  readonly version: 'good' | 'bad';
  readonly how: How;
}

export type How =
  /** One call of the controller, by ssh or `git push`; for a controller, a connection, sshd's sessions, or the helper that answers. */
  | { readonly kind: 'call'; readonly call: string; readonly whom: 'controller' | 'ssh' | 'sshd' | 'call' }
  /** A durable write of the worker on the host, numbered within its step where it is neither first nor last. */
  | { readonly kind: 'write'; readonly write: string; readonly when: 'before' | 'after' }
  /** Real dpkg at work; the worker alone, or with the package manager's whole session. */
  | { readonly kind: 'dpkg'; readonly at: 'unpack' | 'postinst' | 'restore'; readonly all: boolean };

export const nameOf = ({ who, step, moment, version }: Cell): string =>
  `${who} × ${step}${version === 'bad' ? ' of a bad version' : ''} × ${moment}`;

/** Calls of one whole apply of a host with one package, in order; a test holds them up to date. */
export const CALLS = [
  ...['lease 1', 'evidence 1', 'look 1', 'status 1'],
  ...['stage-pwd 1', 'stage-dd 1', 'stage 1', 'stage-dd 2', 'stage 2'],
  ...['simulate 1', 'lease 2', 'evidence 2', 'begin 1', 'receipt 1', 'receipt 2', 'look 2'],
  ...['evidence 3', 'clean 1', 'tidy 1', 'evidence 4', 'lease 3'],
] as const;

/** Durable writes of a worker: the step, and how many there are between its intent and its outcome; a test holds them up to date. */
export const WRITES = {
  good: {
    ...{ wake: 1, sample: 0, precheck: 0, mend: 0, 'restore-point': 2, install: 3, restart: 0, reboot: 1 },
    ...{ verify: 1, soak: 0, watch: 1, end: 1 },
  },
  bad: {
    ...{ wake: 1, sample: 0, precheck: 0, mend: 0, 'restore-point': 2, install: 3 },
    ...{ restore: 0, 'restore-verify': 1, end: 3 },
  },
} as const;

const isPush = (call: string): boolean => /^(lease|evidence) /.test(call);

const atCall = (
  who: Who,
  whom: 'controller' | 'ssh' | 'sshd' | 'call',
  version: Cell['version'],
  names: readonly string[],
  moments: readonly Moment[] = MOMENTS,
): readonly Cell[] =>
  names.flatMap((call) =>
    moments
      // What is pushed is made before git is called, so there is no moment between.
      .filter((moment) => !(isPush(call) && moment === 'after intent'))
      .map((moment) => ({
        who,
        step: whom === 'sshd' ? `${call} (sshd)` : call,
        moment,
        version,
        how: { kind: 'call', call, whom },
      })),
  );

/** Steps of a worker that begin and end with a write; the others are single writes. */
const isStep = (step: string): boolean => step !== 'wake' && step !== 'end';

/** The writes of a run in order, such as `install intent`, `install 1`, `install outcome`, `end 1`. */
export const writesOf = (version: Cell['version']): readonly string[] =>
  Object.entries(WRITES[version]).flatMap(([step, inner]) => {
    const between = Array.from({ length: inner }, (_, i) => `${step} ${i + 1}`);
    return isStep(step) ? [`${step} intent`, ...between, `${step} outcome`] : between;
  });

function atWrites(version: Cell['version']): readonly Cell[] {
  return writesOf(version).flatMap((write): Cell[] => {
    const [step = '', place = ''] = write.split(' ');
    const momentOf = (when: 'before' | 'after'): Moment => {
      if (place === 'intent') return when === 'before' ? 'before intent' : 'after intent';
      if (place === 'outcome') return when === 'before' ? 'after effect' : 'after outcome';
      if (isStep(step)) return 'mid-effect';
      return when === 'before' ? 'before intent' : 'after outcome';
    };
    return (['before', 'after'] as const).map((when) => ({
      who: 'helper',
      step: /\d/.test(place) ? `${step} (${when} its write ${place})` : step,
      moment: momentOf(when),
      version,
      how: { kind: 'write', write, when },
    }));
  });
}

const atDpkg = (): readonly Cell[] =>
  (['unpack', 'postinst', 'restore'] as const).flatMap((at) =>
    [false, true].map((all) => ({
      who: 'helper',
      step: `${at === 'restore' ? 'restore' : 'install'} (dpkg ${at === 'unpack' ? 'unpacks' : 'runs a postinst'}${all ? ', killed too' : ''})`,
      moment: 'mid-effect',
      version: at === 'restore' ? 'bad' : 'good',
      how: { kind: 'dpkg', at, all },
    })),
  );

/** What is called a second time for the same purpose (the file of the way back) is left out. */
const calls = CALLS.filter((c) => !/^stage.* 2$/.test(c));
const overSsh = calls.filter((c) => !isPush(c));
/** For a controller the calls that bring a file are one step. */
const ofController = calls.filter((c) => !/^(stage-|tidy|lease 2)/.test(c));
const helperCalls = overSsh.filter((c) => !/^(look|stage-|tidy)/.test(c));
const aroundRestore = ['begin 1', 'receipt 2'];

/** All cells of the matrix. */
export const CELLS: readonly Cell[] = [
  ...atCall('controller', 'controller', 'good', ofController),
  ...atCall('controller', 'controller', 'bad', [...aroundRestore, 'evidence 3']),
  ...atWrites('good'),
  ...atWrites('bad'),
  ...atDpkg(),
  ...atCall('helper', 'call', 'good', helperCalls, ['mid-effect']),
  ...atCall('ssh', 'ssh', 'good', overSsh),
  ...atCall('ssh', 'sshd', 'good', overSsh, ['mid-effect']),
  ...atCall('ssh', 'ssh', 'bad', aroundRestore),
];

/** @see Tommy Ettinger, mulberry32 (public domain) */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many cells by a seed, at least `each` of everyone, in the order of the matrix. */
export function sampleOf(cells: readonly Cell[], count: number, each: number, seed: number): readonly Cell[] {
  const next = chance(seed);
  const shuffled = cells
    .map((cell) => ({ cell, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ cell }) => cell);
  const first = WHO.flatMap((who) => shuffled.filter((c) => c.who === who).slice(0, each));
  const rest = shuffled.filter((c) => !first.includes(c)).slice(0, count - first.length);
  return cells.filter((c) => first.includes(c) || rest.includes(c));
}

/** Who × moment: how many converged of how many that ran. */
export function tableOf(ran: ReadonlyMap<Cell, boolean>): string {
  const cells = [...ran];
  const figure = (keep: (cell: Cell) => boolean): string => {
    const kept = cells.filter(([cell]) => keep(cell));
    return kept.length === 0 ? '-' : `${kept.filter(([, good]) => good).length}/${kept.length}`;
  };
  const line = (words: readonly string[]) =>
    words
      .map((w) => w.padEnd(15))
      .join('')
      .trimEnd();
  return [
    line(['', ...MOMENTS, 'all']),
    ...WHO.map((who) =>
      line([
        who,
        ...MOMENTS.map((m) => figure((c) => c.who === who && c.moment === m)),
        figure((c) => c.who === who),
      ]),
    ),
    line(['all', ...MOMENTS.map((m) => figure((c) => c.moment === m)), figure(() => true)]),
  ].join('\n');
}

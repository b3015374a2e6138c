import type { Selector } from '../../contracts/generated/baseline.ts';
import type { Exception } from '../../contracts/generated/exception.ts';
import { matchWithin } from '../exception-match.ts';
import { all, not, selects } from '../labels/formula.ts';
import { witness } from '../labels/witness.ts';
import {
  type Compare,
  type Effect,
  fields,
  items,
  lessLoosens,
  members,
  moreLoosens,
  ranked,
  value,
  words,
} from './compare.ts';

const GRANTS = { added: 'loosened', removed: 'tightened' } as const;
const DUTIES = { added: 'tightened', removed: 'loosened' } as const;
const UNSURE = { added: 'loosened', removed: 'loosened' } as const;

const ABOUT = { owner: words, description: words, $schema: words } as const;

/** Whether a selector may select an asset that another does not. */
const selectsMore = (one: Selector, other: Selector): boolean =>
  witness(all(selects(one), not(selects(other)))).kind !== 'none';

/** An absent selector selects every asset. */
const selector = (wider: Effect, narrower: Effect): Compare =>
  value((from, to) => {
    const [before, after] = [(from ?? {}) as Selector, (to ?? {}) as Selector];
    const [more, fewer] = [selectsMore(after, before), selectsMore(before, after)];
    if (more && fewer) return 'loosened';
    return more ? wider : fewer ? narrower : 'changed';
  });

/** Days of a duty. What a missing number stands for depends on the duty, so only a smaller one is surely tighter. */
const days = value((from, to) =>
  typeof from === 'number' && typeof to === 'number' && to < from ? 'tightened' : 'loosened',
);
const daysOrTable: Compare = (from, to) =>
  (typeof from === 'object' && typeof to === 'object' ? fields({}, days) : days)(from, to);

/** What an exception says otherwise than before. */
export const exceptionShape = fields({
  ...ABOUT,
  reason: words,
  ticket: words,
  match: value((from, to) =>
    matchWithin(to as Exception['match'], from as Exception['match']) ? 'tightened' : 'loosened',
  ),
  select: selector('loosened', 'tightened'),
  validFrom: lessLoosens(''),
  validUntil: moreLoosens(''),
  controls: members(DUTIES),
  maxAssets: moreLoosens(Number.POSITIVE_INFINITY),
});

export const baselineShape = fields({
  ...ABOUT,
  mode: ranked(['observe', 'propose', 'apply'], 'observe'),
  select: selector('tightened', 'loosened'),
  reject: items(fields({}), GRANTS),
  approve: items(fields({}), UNSURE),
  deadlines: items(
    fields({ days: daysOrTable, mitigateDays: days, select: selector('tightened', 'loosened') }),
    DUTIES,
  ),
  exceptionDays: fields({}, moreLoosens(Number.POSITIVE_INFINITY)),
  rings: items(
    fields({
      merge: ranked(['auto', 'human'], 'human'),
      bake: fields({ minutes: lessLoosens(0) }),
      budget: fields({}, moreLoosens(Number.POSITIVE_INFINITY)),
      gates: members(DUTIES),
      untested: ranked(['own-canary', 'hold'], 'own-canary'),
    }),
    UNSURE,
  ),
  rollback: ranked(['none', 'package', 'snapshot'], 'package'),
});

export const rolesShape = fields({
  ...ABOUT,
  people: items(fields({ principals: members(GRANTS), teams: members(UNSURE) }), GRANTS),
  bot: fields({ principals: members(GRANTS) }),
  roles: fields({}, members(GRANTS)),
  approvals: fields({
    required: lessLoosens(1),
    edition: lessLoosens(1),
    exceptionDays: moreLoosens(90),
    exceptionRenewals: moreLoosens(1),
  }),
});

export const configShape = fields({
  ...ABOUT,
  limits: fields({
    openProposals: moreLoosens(10),
    growth: moreLoosens(0.2),
    contexts: moreLoosens(10_000),
    closures: moreLoosens(50),
  }),
  intel: fields({ limits: fields({ shrink: moreLoosens(0.1), jump: moreLoosens(0.5) }) }),
  packages: fields({
    sources: items(fields({ signature: ranked(['none', 'packages', 'required'], 'required') }), GRANTS),
  }),
});

export const holdShape = fields({ ...ABOUT, reason: words });

/** Lines of allowed-signers. */
export const signersShape = members(GRANTS);

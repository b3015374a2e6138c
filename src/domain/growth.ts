/** What a proposal would touch when its present commit was made, and now. */
export interface Growth {
  readonly from: number;
  readonly to: number;
}

/** Share by which the effect of a proposal may grow before it has to be made anew. */
export const DEFAULT_GROWTH = 0.2;

/** Hosts that may be touched: one more is always allowed, unless nothing may grow at all. */
export const mostHosts = (from: number, share: number): number =>
  share === 0 ? from : Math.max(from + 1, Math.floor(from * (1 + share) + 1e-9));

/** Set where a proposal would touch more hosts than its limit; never where one of the numbers is unknown. */
export const growthOf = (from: number | undefined, to: number | undefined, share: number): Growth | null =>
  from !== undefined && to !== undefined && to > mostHosts(from, share) ? { from, to } : null;

/** The code of what is too large now. */
export const GROWTH_CODE = 'change/growth';

/** What changed and what helps, in one short clause. */
export const growthWords = ({ from, to }: Growth): string =>
  `it would touch ${to} hosts now, and ${from} when it was made; the label patchwarden/rebase makes it anew (${GROWTH_CODE})`;

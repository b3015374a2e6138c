/** What nothing that the bot may write can mend. */
type ObservationCode =
  | 'unselected-assets'
  | 'two-baselines'
  | 'no-ring'
  | 'unknown-origin'
  | 'foreign-stays'
  | 'behind-again'
  | 'shadowed-baseline'
  | 'calendar-never-opens'
  | 'advisory-withdrawn'
  | 'review-due'
  | 'exception-widened';

/** Something to look at, with its remedy: told to people, and no pull request. */
export interface Observation {
  readonly code: ObservationCode;
  /** What it is about: the id of a document, an origin, a pull request, or `fleet`. */
  readonly subject: string;
  /** Who is to look; null where no document says. */
  readonly owner: string | null;
  /** Hosts that it concerns; 0 where it is about documents alone. */
  readonly assets: number;
  /** The first of them by name; only where the config discloses names. */
  readonly names: readonly string[];
  /** What is wrong and what to do, as plain text. */
  readonly sentence: string;
}

import type { IntelKind } from '../contracts/generated/config.ts';

/** One raw record file of a feed. */
export interface IntelFile {
  /** Path inside the feed, for messages and for dates in it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A feed hands over its files; parsing is the work of `observe`. */
export interface IntelFeed {
  readonly label: string;
  /** What it must have records of; anything where absent. */
  readonly kind?: IntelKind;
  /** Day of scores whose file tells none. */
  readonly modelDate?: string;
  files(): AsyncIterable<IntelFile>;
}

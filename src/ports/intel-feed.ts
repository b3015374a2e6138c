/** One raw record file of a feed. */
export interface IntelFile {
  /** Path inside the feed, for messages. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A feed hands over its files; parsing is the work of `observe`. */
export interface IntelFeed {
  readonly kind: 'osv' | 'kev';
  readonly label: string;
  files(): AsyncIterable<IntelFile>;
}

/** One line that changes while something takes long, for people who look at a terminal. Nobody else sees it. */
export interface Progress {
  /** Shows the line in place of the one before. */
  show(line: string): void;
  /** Takes the line away, before other output. */
  clear(): void;
}

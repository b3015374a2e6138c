/** Progress and warnings for people, on stderr. Results never go here. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

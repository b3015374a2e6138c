import type { Logger } from '../ports/logger.ts';

/** Lines for people on stderr. */
export const stderrLogger: Logger = {
  info: (message) => void process.stderr.write(`${message}\n`),
  warn: (message) => void process.stderr.write(`warning: ${message}\n`),
};

import { systemClock } from '../adapters/clock-system.ts';
import { stderrLogger } from '../adapters/logger-stderr.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** The technologies of this process: made here, the only importer of adapters, and handed to the application. */
export interface Wire {
  readonly clock: Clock;
  readonly log: Logger;
}

export const createWire = (): Wire => ({ clock: systemClock, log: stderrLogger });

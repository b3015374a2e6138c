import { setTimeout } from 'node:timers/promises';
import { instantOf } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = {
  now: () => instantOf(Date.now()),
  sleep: (ms) => setTimeout(ms),
};

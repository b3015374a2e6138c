import type { Command } from '../command.ts';

/** Every verb that works, in the order of the help text. */
export const COMMANDS: readonly Command[] = [];

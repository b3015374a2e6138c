import type { Command } from '../command.ts';
import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { schemaCommand } from './schema.ts';
import { validateCommand } from './validate.ts';

/** Every verb that works, in the order of the help text. */
export const COMMANDS: readonly Command[] = [checkCommand, validateCommand, schemaCommand, auditCommand];

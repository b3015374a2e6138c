import type { Command } from '../command.ts';
import { applyCommand } from './apply.ts';
import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { policyCommand } from './policy.ts';
import { prCommand } from './pr.ts';
import { reconcileCommand } from './reconcile.ts';
import { scanCommand } from './scan.ts';
import { schemaCommand } from './schema.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { syncCommand } from './sync.ts';
import { validateCommand } from './validate.ts';

/** Every verb that works, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  checkCommand,
  validateCommand,
  schemaCommand,
  syncCommand,
  scanCommand,
  statusCommand,
  explainCommand,
  reconcileCommand,
  prCommand,
  applyCommand,
  stopCommand,
  auditCommand,
  policyCommand,
  doctorCommand,
  demoCommand,
];

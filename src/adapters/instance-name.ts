import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** A name that no other process has or had: machine, process and something random. */
export const instanceName = (): string =>
  `${hostname().slice(0, 60)}-${process.pid}-${randomUUID().slice(0, 8)}`;

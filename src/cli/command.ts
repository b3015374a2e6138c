import type { Argv } from 'yargs';
import type { Wire } from '../app/wire.ts';
import type { ExitCode } from './exit-codes.ts';

/** Parsed options of one verb, as yargs gives them. */
export type Args = Readonly<Record<string, unknown>>;

/** The process around a command, as values. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Result text; nothing else may be written there. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTty: boolean;
  readonly wire: Wire;
}

/** One verb of the command line: parse, call the application, print. */
export interface Command {
  /** yargs usage, such as `check <target>`. */
  readonly usage: string;
  readonly describe: string;
  readonly builder: (y: Argv) => Argv;
  readonly run: (args: Args, io: Io) => Promise<ExitCode>;
}

/** A string option, or undefined. The last one wins where it was given twice. */
export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
}

export const flag = (args: Args, name: string): boolean => args[name] === true;

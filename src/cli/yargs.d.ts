/** yargs 18 ships no types; this is the part we use. @see https://yargs.js.org/docs/ */
declare module 'yargs' {
  export interface Options {
    readonly alias?: string | readonly string[];
    readonly array?: boolean;
    readonly choices?: readonly string[];
    readonly default?: unknown;
    readonly demandOption?: boolean;
    readonly describe?: string;
    readonly hidden?: boolean;
    readonly nargs?: number;
    readonly requiresArg?: boolean;
    readonly type?: 'string' | 'boolean' | 'number' | 'count';
    readonly conflicts?: string | readonly string[];
  }
  export interface Argv {
    scriptName(name: string): Argv;
    usage(text: string): Argv;
    version(text: string | false): Argv;
    help(): Argv;
    strict(): Argv;
    strictCommands(): Argv;
    strictOptions(): Argv;
    exitProcess(on: boolean): Argv;
    fail(handler: ((message: string | undefined, error: Error | undefined) => void) | false): Argv;
    showHelpOnFail(on: boolean): Argv;
    demandCommand(min: number, message: string): Argv;
    recommendCommands(): Argv;
    wrap(columns: number | null): Argv;
    epilogue(text: string): Argv;
    example(command: string, text: string): Argv;
    parserConfiguration(options: Record<string, boolean>): Argv;
    locale(name: string): Argv;
    option(name: string, options: Options): Argv;
    options(all: Record<string, Options>): Argv;
    positional(name: string, options: Options): Argv;
    command(
      usage: string | readonly string[],
      describe: string | false,
      builder: (y: Argv) => Argv,
      handler: (args: Record<string, unknown>) => Promise<void> | void,
    ): Argv;
    getHelp(): Promise<string>;
    parseAsync(
      argv: readonly string[],
      context: object,
      callback: (error: Error | null, args: unknown, output: string) => void,
    ): Promise<unknown>;
  }
  export default function yargs(argv?: readonly string[]): Argv;
}

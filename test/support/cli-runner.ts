import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './cli.ts';

const RUNNER = fileURLToPath(new URL('./cli-runner.mjs', import.meta.url));

/** The built program in a process that stays, so that only its first command pays for the start. */
export interface CliRunner {
  /** One after the other, in the order of the calls. */
  readonly run: (
    args: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>> },
  ) => Promise<CliResult>;
  /** Settles when it is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * A process of its own and not this one: a fork copies the page tables of whoever forks, and the test process has grown large
 * where the program starts hundreds of gits.
 */
export function cliRunner(): CliRunner {
  const child = spawn(process.execPath, [RUNNER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  let turn: Promise<unknown> = Promise.resolve();
  const run: CliRunner['run'] = (args, { env = {} } = {}) => {
    const answer = turn.then(async () => {
      child.stdin.write(`${JSON.stringify({ args, env })}\n`);
      const line = await answers.next();
      if (line.done) throw new Error(`the program ended in the middle of: ${args.join(' ')}`);
      return JSON.parse(line.value) as CliResult;
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
  return {
    run,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

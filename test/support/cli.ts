import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program as a user would. */
export function cli(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr });
      },
    );
  });
}

/** The same command line in this process, with everything real: what main.ts does, without the start of another node. */
export async function cliHere(args: readonly string[]): Promise<CliResult> {
  const said = { stdout: '', stderr: '' };
  const err = (text: string): void => {
    said.stderr += text;
  };
  const line = (message: string): void => err(`${message}\n`);
  const code = await runCli(args, {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => {
      said.stdout += text;
    },
    err,
    isTty: false,
    wire: { ...createWire(), log: { info: line, warn: line } },
  });
  return { code, ...said };
}

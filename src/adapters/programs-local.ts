import { readFile } from 'node:fs/promises';
import { fail, ok } from '../domain/result.ts';
import type { Programs } from '../ports/programs.ts';
import { CLEAN_ENV, runProcess } from './process.ts';

const PUBLIC = /^((?:ssh-|sk-|ecdsa-)\S+ [A-Za-z0-9+/=]+)/m;
const MAX_BYTES = 64 << 10;

/** The programs that the rest of Patchwarden runs, found on the same PATH. */
export const localPrograms: Programs = {
  async gitVersion() {
    const result = await run(['git', '--version']);
    return result.kind === 'exited' ? /\d+\.\d+(?:\.\d+)*/.exec(result.stdout)?.[0] : undefined;
  },
  // It knows no option that only says that it is there.
  hasSshKeygen: async () => (await run(['ssh-keygen', '-?'])).kind !== 'missing',
  async publicKey(file) {
    const own = await readText(file);
    if (own === undefined) return fail(`${file} cannot be read`);
    const told = PUBLIC.exec(own)?.[1];
    if (told !== undefined) return ok(told);
    // An empty passphrase is given, so that it never waits for one.
    const made = await run(['ssh-keygen', '-y', '-P', '', '-f', file]);
    const derived = made.kind === 'exited' && made.code === 0 ? PUBLIC.exec(made.stdout)?.[1] : undefined;
    const beside = derived ?? PUBLIC.exec((await readText(`${file}.pub`)) ?? '')?.[1];
    return beside === undefined
      ? fail(`${file} is no SSH key that can be read without a passphrase, and has no .pub file beside it`)
      : ok(beside);
  },
};

const run = (argv: readonly string[]) =>
  runProcess(argv, { env: { ...CLEAN_ENV, PATH: process.env.PATH ?? CLEAN_ENV.PATH }, timeoutMs: 10_000 });

async function readText(file: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(file);
    return bytes.length > MAX_BYTES ? undefined : bytes.toString('utf8');
  } catch {
    return undefined;
  }
}

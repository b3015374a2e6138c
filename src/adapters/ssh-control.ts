import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { runProcess } from './process.ts';

/**
 * A new private directory for shared connections. Directly below /tmp, since the address of a socket is short;
 * TMPDIR may be long.
 */
export function openSshControl(): string {
  try {
    return mkdtempSync('/tmp/pw-ssh-');
  } catch (error) {
    throw new PatchwardenError(
      'host-failed',
      `cannot make a directory for ssh below /tmp: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Ends the background masters of a control directory and removes it. Nothing that runs on a host is ended. */
export async function closeSshMasters(controlDir: string, program = 'ssh'): Promise<void> {
  const names = await readdir(controlDir).catch(() => []);
  const sockets = names.filter((n) => /^[0-9a-f]{40}$/.test(n));
  await Promise.all(
    sockets.map((name) =>
      runProcess(
        [program, '-F', 'none', '-o', `ControlPath=${join(controlDir, name)}`, '-O', 'exit', '--', 'master'],
        { timeoutMs: 5_000 },
      ),
    ),
  );
  await rm(controlDir, { recursive: true, force: true });
}

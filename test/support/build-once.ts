import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The command-line tests run the built program, so `dist` must be that of these sources. What test files share (keys,
 * template repositories) stays until the end of the run, in a directory of its own.
 * @returns what removes that directory
 */
export function setup(): () => void {
  const shared = mkdtempSync(join(tmpdir(), 'patchwarden-shared-'));
  process.env.PATCHWARDEN_TEST_SHARED = shared;
  if (process.env.PATCHWARDEN_SKIP_BUILD !== '1')
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
      stdio: 'inherit',
    });
  return () => rmSync(shared, { recursive: true, force: true });
}

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of the running test, removed when it ends. */
export function tempDir(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'patchwarden-test-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A directory for what the test files of a process share; removed when the run ends. */
export const sharedDir = (): string =>
  mkdtempSync(join(process.env.PATCHWARDEN_TEST_SHARED ?? tmpdir(), 'process-'));

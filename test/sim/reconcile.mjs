import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileTree } from './compile.mjs';

const out = mkdtempSync(join(tmpdir(), 'patchwarden-sim-'));
try {
  compileTree(out);
  const { main } = await import(pathToFileURL(join(out, 'test/sim/reconcile/main.js')).href);
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(out, { recursive: true, force: true });
}

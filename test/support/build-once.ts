import { execFileSync } from 'node:child_process';

/** The command-line tests run the built program, so `dist` must be that of these sources. */
export function setup(): void {
  if (process.env.PATCHWARDEN_SKIP_BUILD === '1') return;
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    stdio: 'inherit',
  });
}

import { execFileSync } from 'node:child_process';

/** The command-line tests run the built program, so `dist` must be that of these sources. */
export function setup(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    stdio: 'inherit',
  });
}

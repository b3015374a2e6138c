import { execFileSync, spawnSync } from 'node:child_process';

/** True where the real rpm, with its own version comparison, is on this machine. */
export const hasRpm =
  spawnSync('rpm', ['--eval', '%{lua: print(rpm.vercmp("1", "2"))}']).stdout?.toString().trim() === '-1';
/** For the names of tests that need it. */
export const rpmNote = hasRpm ? '' : ' (skipped: rpm is absent)';

const SCRIPT =
  '%{lua: for line in io.lines() do local a, b = line:match("^(.-)\\t(.*)$"); print(a.."\\t"..b.."\\t"..rpm.vercmp(a, b).."\\n") end}';

/** What rpm itself says of pairs of versions, in one process. */
export function rpmOrders(pairs: readonly (readonly [a: string, b: string])[]): readonly string[] {
  const input = pairs.map(([a, b]) => `${a}\t${b}\n`).join('');
  const out = execFileSync('rpm', ['--eval', SCRIPT], { input, encoding: 'utf8', maxBuffer: 1 << 24 });
  return out.split('\n').filter((l) => l !== '');
}

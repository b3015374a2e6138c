import { execFileSync, spawnSync } from 'node:child_process';

/** True where the real dpkg is on this machine. */
export const hasDpkg = spawnSync('dpkg', ['--version']).status === 0;

const WORD = { '-1': 'lt', 0: 'eq', 1: 'gt' } as const;

/** Pairs of versions for which dpkg does not say what we say. One shell asks for all of them: a process each would be slow. */
export function dpkgDisagrees(
  pairs: readonly (readonly [a: string, b: string, order: -1 | 0 | 1])[],
): readonly string[] {
  const script =
    'while IFS="\t" read -r a op b; do dpkg --compare-versions "$a" "$op" "$b" 2>/dev/null || printf "%s %s %s\\n" "$a" "$op" "$b"; done';
  const input = pairs.map(([a, b, order]) => `${a}\t${WORD[order]}\t${b}\n`).join('');
  const out = execFileSync('/bin/sh', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1 << 24 });
  return out.split('\n').filter((l) => l !== '');
}

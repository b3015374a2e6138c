import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Deb } from './packages.ts';
import type { TestRoot } from './root.ts';

/** Installs package files as somebody else would have, long ago. */
export function preinstall(root: TestRoot, debs: readonly Deb[]): void {
  for (const deb of debs) {
    const inside = join('/tmp', `${deb.name}.deb`);
    copyFileSync(deb.path, join(root.dir, inside));
    root.inside('dpkg', '-i', inside);
    rmSync(join(root.dir, inside));
  }
}

/** Brings a root back to what {@link preinstall} leaves it with: quicker than a new root. */
export function resetRoot(root: TestRoot, debs: readonly Deb[] = []): void {
  const ours = root
    .inside('dpkg-query', '-W', '-f', '${Package}\\n')
    .split('\n')
    .filter((n) => n.startsWith('pw-'));
  if (ours.length > 0) root.inside('dpkg', '--purge', '--force-all', ...ours);
  rmSync(join(root.dir, 'var/lib/patchwarden'), { recursive: true, force: true });
  rmSync(join(root.dir, 'usr/sbin/policy-rc.d'), { force: true });
  for (const name of readdirSync(join(root.dir, 'var/log')).filter((n) => n.startsWith('pw-')))
    rmSync(join(root.dir, 'var/log', name));
  preinstall(root, debs);
}

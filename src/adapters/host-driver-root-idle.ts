import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

const PACKAGE_MANAGERS = ['apt-get', 'apt', 'dpkg', 'apt-mark', 'aptitude', 'unattended-upgrade'];

/**
 * Package managers that work on a root directory and may not hold dpkg's lock yet: between being started and taking the
 * lock there is a gap, in which the lock alone would say that nobody is at work.
 */
export async function workersOn(root: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((n) => /^\d+$/.test(n));
  const found: number[] = [];
  for (const pid of pids) {
    if (Number(pid) === process.pid) continue;
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const argv = text.split('\0');
    const program = basename(argv[0] ?? '');
    if (program === 'chroot' && argv[1] === root) found.push(Number(pid));
    else if (PACKAGE_MANAGERS.includes(program)) {
      const itsRoot = await readlink(`/proc/${pid}/root`).catch(() => undefined);
      if (itsRoot === root) found.push(Number(pid));
    }
  }
  return found;
}

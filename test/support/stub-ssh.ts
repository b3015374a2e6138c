import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './temp-dir.ts';

/** What the stand-in for ssh does for one host. @see stub-ssh.sh */
export interface StubHost {
  /** Words of ssh itself; it ends with 255. */
  readonly say?: string;
  readonly out?: string | Uint8Array;
  readonly err?: string;
  readonly code?: number;
  readonly hang?: true;
  /** Runs what is asked here, in place of a host. */
  readonly run?: true;
}

export interface StubSsh {
  readonly program: string;
  /** Hosts and words of every call, in order. */
  readonly calls: () => readonly string[];
  /** What a host got on stdin. */
  readonly stdinOf: (host: string) => string;
}

/** A program in the place of ssh, in a directory of the running test. */
export function stubSsh(hosts: Readonly<Record<string, StubHost>>): StubSsh {
  const dir = tempDir();
  const program = join(dir, 'stub-ssh');
  copyFileSync(join(import.meta.dirname, 'stub-ssh.sh'), program);
  chmodSync(program, 0o755);
  for (const [host, does] of Object.entries(hosts))
    for (const [what, value] of Object.entries(does))
      writeFileSync(join(dir, `${host}.${what}`), value instanceof Uint8Array ? value : String(value));
  const read = (name: string) => (existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : '');
  return {
    program,
    calls: () => read('calls').split('\n').slice(0, -1),
    stdinOf: (host) => read(`${host}.stdin`),
  };
}

import { deflateSync } from 'node:zlib';
import { PatchwardenError } from '../domain/errors.ts';
import { sha256Hex } from '../util/digest.ts';
import { printable } from '../util/printable.ts';
import { type HelperCall, type HostChannel, MAX_ANSWER } from './host-channel.ts';
import { type HelperAsset, helperAsset } from './host-helper-asset.ts';
import { type SshTarget, sshRun } from './ssh-run.ts';

/** How the helper becomes root. */
export type HelperPrivilege =
  /** Sent along with every call; `sudo -n /usr/bin/python3 -I -` must be allowed. */
  | { readonly kind: 'sudo-python' }
  /** Installed by somebody else at an absolute path; sudoers can bind that to its SHA-256. */
  | { readonly kind: 'sudo-installed'; readonly path: string }
  /** The ssh user is root. */
  | { readonly kind: 'root' };

export interface SshChannelOptions {
  readonly target: SshTarget;
  readonly privilege?: HelperPrivilege;
  /** On the host. Default `/usr/bin/python3`. */
  readonly python?: string;
  readonly asset?: HelperAsset;
  readonly run?: typeof sshRun;
}

/** What went ahead of a call that never came, because a controller was ended in between. Ssh starts in the home directory. */
const TIDY = ['find', '.', '-maxdepth', '1', '-type', 'f', '-regex', './.patchwarden-.+', '-delete'];
const HOME = /^\/[A-Za-z0-9_./-]{0,200}$/;

/**
 * Runs the helper over ssh. Its bytes travel with every call on standard input, and the SHA-256 of exactly the bytes that
 * are executed is compared in the same process: nothing that lies on the host can be swapped in between. Words are argv
 * only; data is on standard input only.
 */
export function createSshChannel(options: SshChannelOptions): HostChannel {
  const { target, privilege = { kind: 'sudo-python' }, asset = helperAsset(), run = sshRun } = options;
  const python = options.python ?? '/usr/bin/python3';
  const fail = (why: string) =>
    new PatchwardenError('host-failed', `${target.host}: ${printable(why.trim()).slice(0, 600)}`);

  async function remote(argv: readonly string[], stdin: Uint8Array | string, timeoutMs: number) {
    const ended = await run(target, argv, { stdin, timeoutMs, maxBytes: MAX_ANSWER });
    if (ended.kind !== 'exited') throw fail(`${ended.kind}: ${ended.reason}`);
    if (ended.code !== 0) throw fail(`${argv[0]} ended with ${ended.code}: ${ended.stderr.slice(-500)}`);
    return ended.stdout;
  }

  let home: Promise<string> | undefined;
  async function askHome(timeoutMs: number): Promise<string> {
    const said = Buffer.from(await remote(['pwd'], '', timeoutMs))
      .toString('utf8')
      .trim();
    if (!HOME.test(said)) throw fail(`no usable home directory: ${said}`);
    return said === '/' ? '' : said;
  }

  /**
   * The program is read to its end before it starts, so a package cannot follow it: it goes ahead, without privilege, and
   * the helper removes it when it has it.
   */
  async function sent(call: HelperCall, payload: Uint8Array): Promise<Uint8Array> {
    home ??= askHome(call.timeoutMs);
    home.catch(() => (home = undefined));
    const path = `${await home}/.patchwarden-${sha256Hex(payload)}`;
    try {
      await remote(['dd', `of=${path}`, 'bs=1M', 'status=none'], payload, call.timeoutMs);
      const request = JSON.stringify({ ...(JSON.parse(call.request) as object), path });
      return await remote(interpreter(), program(asset, { ...call, request }), call.timeoutMs);
    } catch (error) {
      await remote(['rm', '-f', path], '', call.timeoutMs).catch(() => undefined);
      throw error;
    }
  }

  const interpreter = () => [...(privilege.kind === 'root' ? [] : ['sudo', '-n']), python, '-I', '-'];
  return {
    helper: asset.digest,
    async call(call) {
      if (privilege.kind === 'sudo-installed') {
        const stdin = Buffer.concat([
          Buffer.from(`${call.request}${call.payload ? '\n' : ''}`),
          call.payload ?? new Uint8Array(),
        ]);
        return remote(['sudo', '-n', privilege.path, call.verb], stdin, call.timeoutMs);
      }
      if (call.payload !== undefined) return sent(call, call.payload);
      const answer = await remote(interpreter(), program(asset, call), call.timeoutMs);
      if (call.verb === 'clean') await remote(TIDY, '', call.timeoutMs).catch(() => undefined);
      return answer;
    },
  };
}

/** A short program that carries the helper and the request, and runs the helper only if it is the one that was meant. */
export function program(asset: HelperAsset, call: HelperCall): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return [
    'import base64, hashlib, io, sys, zlib',
    `S = zlib.decompress(base64.b64decode("${base64(deflateSync(asset.bytes))}"))`,
    `if hashlib.sha256(S).hexdigest() != "${asset.digest.slice('sha256:'.length)}":`,
    '    sys.exit("the helper did not arrive as it was sent")',
    `sys.argv = ["patchwarden_host.py", "${call.verb}"]`,
    `sys.stdin = io.TextIOWrapper(io.BytesIO(base64.b64decode("${base64(Buffer.from(call.request))}")))`,
    'exec(compile(S, "patchwarden_host.py", "exec"), {"__name__": "__main__", "__file__": "-", "SOURCE": S})',
    '',
  ].join('\n');
}

import { PatchwardenError } from '../domain/errors.ts';
import { printable } from '../util/printable.ts';
import { type HelperCall, type HostChannel, MAX_ANSWER } from './host-channel.ts';
import { type HelperAsset, helperAsset } from './host-helper-asset.ts';
import { runProcess } from './process.ts';

export interface LocalChannelOptions {
  /** A root directory on this machine; `/` is this machine itself. */
  readonly root: string;
  /** Default `python3`. */
  readonly python?: string;
  /** Default: the one that is shipped. */
  readonly asset?: HelperAsset;
}

/** Runs the helper on this machine, for a root directory or for the machine itself. */
export function createLocalChannel(options: LocalChannelOptions): HostChannel {
  const { root, python = 'python3', asset = helperAsset() } = options;
  return {
    helper: asset.digest,
    async call(call: HelperCall) {
      const { verb, request, payload, timeoutMs } = call;
      const result = await runProcess([python, '-I', asset.path, '--root', root, verb], {
        input: Buffer.concat([Buffer.from(`${request}${payload ? '\n' : ''}`), payload ?? new Uint8Array()]),
        timeoutMs,
        maxBytes: MAX_ANSWER,
        cwd: '/',
      });
      switch (result.kind) {
        case 'exited':
          if (result.code === 0) return Buffer.from(result.stdout);
          throw failed(root, `the helper ended with ${result.code}: ${printable(result.stderr.slice(-500))}`);
        case 'missing':
          throw failed(root, `${result.program} is not installed`);
        case 'killed':
          throw failed(root, result.reason);
        default:
          return result satisfies never;
      }
    },
  };
}

const failed = (root: string, why: string) => new PatchwardenError('host-failed', `${root}: ${why}`);

import type { UnknownReason } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { AssetSource, CollectedResult, TakeAsset } from '../ports/asset-source.ts';
import { printable, quote } from '../util/printable.ts';
import { type InventoryHost, type InventoryOptions, readInventory } from './inventory-file.ts';
import { COLLECT_SCRIPT } from './ssh-collect-script.ts';
import { readFrames } from './ssh-frames.ts';
import { closeSshMasters, openSshControl, type SshRunResult, sshRun, sshTarget } from './ssh-run.ts';
import { memoryFileTree } from './ssh-tree.ts';

export interface SshSourceOptions extends InventoryOptions {
  readonly id: string;
  /** Absolute path. */
  readonly inventory: string;
  /** Absolute path of an ssh configuration that is used in place of the user's own. */
  readonly sshConfig?: string;
  /** Which hosts are read; default: all. The inventory is checked whole. */
  readonly only?: (asset: string) => boolean;
  /** For hosts to which the inventory gives no user. */
  readonly user?: string;
  /** Hosts at a time; default 20. */
  readonly parallel?: number;
  /** For one host, connection included; default 30. */
  readonly timeoutSeconds?: number;
  /** Of one host, also after decompression; default 64 MiB. */
  readonly maxBytes?: number;
  /** The ssh program; found on PATH unless it is a path. */
  readonly program?: string;
}

/** A connection that is not made by then is none; the rest of the time is for the facts. */
const CONNECT_SECONDS = 10;
/** Without these nothing can be said about a host. */
const ESSENTIAL: ReadonlySet<string> = new Set(['var/lib/dpkg/status', '.facts/rpm-qa']);

/** The hosts of an inventory, read over ssh: one call each, no agent, no root, nothing written there. */
export function sshAssetSource(options: SshSourceOptions): AssetSource {
  return {
    id: options.id,
    collect: async (take) => {
      const all = await readInventory(options.inventory, options);
      const hosts = all.filter(({ asset }) => options.only?.(asset) ?? true);
      const controlDir = openSshControl();
      try {
        await collectAll(hosts, controlDir, options, take);
      } finally {
        await closeSshMasters(controlDir, options.program);
      }
    },
  };
}

async function collectAll(
  hosts: readonly InventoryHost[],
  controlDir: string,
  options: SshSourceOptions,
  take: TakeAsset,
): Promise<void> {
  const waiting = [...hosts];
  let done = 0;
  let failures = 0;
  const worker = async () => {
    for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) {
      const result = await collectHost(host, controlDir, options);
      done += 1;
      if (result.kind === 'failed') failures += 1;
      const { asset, labels } = host;
      await take({ asset, labels, result }, { done, failed: failures, total: hosts.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.parallel ?? 20, hosts.length) }, worker));
}

export async function collectHost(
  host: InventoryHost,
  controlDir: string,
  options: SshSourceOptions,
): Promise<CollectedResult> {
  const { timeoutSeconds = 30, maxBytes = 64 << 20, sshConfig, program } = options;
  if (host.unsupported !== undefined) return failed('not-supported', host.unsupported);
  const user = host.user ?? options.user;
  const startedAt = Date.now();
  const ran = await sshRun(
    sshTarget({
      host: host.host,
      ...(user === undefined ? {} : { user }),
      ...(host.port === undefined ? {} : { port: host.port }),
      ...(sshConfig === undefined ? {} : { configFile: sshConfig }),
      ...(program === undefined ? {} : { program }),
      controlDir,
      shared: false,
      connectTimeoutS: Math.min(CONNECT_SECONDS, timeoutSeconds),
    }),
    ['sh', '-s'],
    { stdin: COLLECT_SCRIPT, timeoutMs: timeoutSeconds * 1000, maxBytes },
  );
  const endedAt = Date.now();
  if (ran.kind === 'missing')
    throw new PatchwardenError('source-failed', `cannot collect over ssh: ${ran.reason}`);
  return ran.kind === 'exited'
    ? await readAnswer(host, ran, { startedAt, endedAt, maxBytes })
    : failed(REASONS[ran.kind], ran.reason);
}

const REASONS = {
  unreachable: 'unreachable',
  'timed-out': 'timed-out',
  'auth-failed': 'auth-failed',
  'host-key-changed': 'host-key-changed',
  'host-key-unknown': 'host-key-unknown',
  'not-ssh': 'garbage',
  'too-large': 'too-large',
} as const satisfies Record<Exclude<SshRunResult['kind'], 'exited' | 'missing'>, UnknownReason>;

const WORDS: Readonly<Partial<Record<UnknownReason, string>>> = {
  unreachable: 'cannot be reached',
  'timed-out': 'did not answer in time',
  'auth-failed': 'does not let us in',
  'host-key-changed':
    'shows another host key than the one on file; compare the keys before the known_hosts line is replaced',
  'host-key-unknown': 'has no host key on file; compare its key and add it to known_hosts',
  garbage: 'answers, but not with facts',
  'too-large': 'sends too much',
  'not-supported': 'cannot be collected over ssh',
};

const failed = (reason: UnknownReason, why: string): CollectedResult => ({
  kind: 'failed',
  reason,
  problem: `${WORDS[reason] ?? reason} (${printable(why)})`,
});

async function readAnswer(
  host: InventoryHost,
  ran: { readonly code: number; readonly stdout: Uint8Array; readonly stderr: string },
  limits: { readonly startedAt: number; readonly endedAt: number; readonly maxBytes: number },
): Promise<CollectedResult> {
  const { startedAt, endedAt, maxBytes } = limits;
  const frames = await readFrames(ran.stdout, maxBytes);
  if (frames.kind !== 'facts') {
    const stderr = ran.stderr.split(/[\r\n]/).find((l) => l.trim() !== '');
    const said = stderr === undefined ? '' : `; its stderr says ${quote(stderr)}`;
    return failed(frames.kind, `${frames.why}, exit code ${ran.code}${said}`);
  }
  const essential = [...frames.unreadable].filter(([name]) => ESSENTIAL.has(name));
  const others = [...frames.unreadable].filter(
    ([name]) => !ESSENTIAL.has(name) && !name.startsWith('.facts/'),
  );
  return {
    kind: 'collected',
    tree: memoryFileTree(host.asset, frames.files, new Map(essential)),
    startedAt,
    endedAt,
    problems: others.map(([name, why]) => `/${name} is left out: ${why}`),
  };
}

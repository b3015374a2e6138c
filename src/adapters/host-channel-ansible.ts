import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { sha256Hex } from '../util/digest.ts';
import { printable } from '../util/printable.ts';
import { errnoOf } from './durable-file.ts';
import { type HelperCall, type HostChannel, MAX_ANSWER } from './host-channel.ts';
import { type AnsibleCall, playbookOf } from './host-channel-ansible-playbook.ts';
import { program } from './host-channel-ssh.ts';
import { type HelperAsset, helperAsset } from './host-helper-asset.ts';
import { CLEAN_ENV, runProcess } from './process.ts';
import { sshEnv } from './ssh-run.ts';

export interface AnsibleOptions {
  /** Path of the inventory. */
  readonly inventory: string;
  /** An ansible.cfg; without it Ansible finds its own. */
  readonly config?: string;
  /** Default `ansible-playbook`, by PATH. */
  readonly program?: string;
  /** Hosts at once; default 20. */
  readonly forks?: number;
  /** Python on the hosts; default `/usr/bin/python3`. */
  readonly python?: string;
  readonly asset?: HelperAsset;
}

/** Calls that come within so many milliseconds share one run of ansible-playbook, whose start alone takes about a second. */
const GATHER_MS = 40;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

interface Waiting extends AnsibleCall {
  readonly timeoutMs: number;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Channels to the hosts of one Ansible inventory: access, jump hosts and privilege are Ansible's. Each call is a generated
 * playbook; the helper travels with it and is checked by digest where it runs.
 * @returns the channel of one inventory host
 */
export function createAnsibleChannels(options: AnsibleOptions): (host: string) => HostChannel {
  const { asset = helperAsset(), python = '/usr/bin/python3' } = options;
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    // One host can be in a playbook once.
    const seen = new Set<string>();
    const now = batch.filter((w) => !seen.has(w.host) && seen.add(w.host));
    const later = batch.filter((w) => !now.includes(w));
    if (later.length > 0) {
      waiting = later;
      setTimeout(flush, GATHER_MS);
    }
    void play(options, python, now);
  }

  return (host) => ({
    helper: asset.digest,
    call(call: HelperCall) {
      if (!NAME.test(host))
        return Promise.reject(new PatchwardenError('usage', `"${host}" is no host name of an inventory`));
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setTimeout(flush, GATHER_MS);
        waiting.push({ host, ...prepared(asset, call), timeoutMs: call.timeoutMs, resolve, reject });
      });
    },
  });
}

/** A package goes ahead as a file of root's own; the helper is told where it lies. */
function prepared(asset: HelperAsset, call: HelperCall): Pick<AnsibleCall, 'program' | 'payload'> {
  if (call.payload === undefined) return { program: program(asset, call), payload: null };
  const path = `/root/.patchwarden-${sha256Hex(call.payload)}`;
  const request = JSON.stringify({ ...(JSON.parse(call.request) as object), path });
  return { program: program(asset, { ...call, request }), payload: { bytes: call.payload, path } };
}

/** Never rejects: every waiting call gets an answer or a reason, once nothing of it lies around any more. */
async function play(options: AnsibleOptions, python: string, calls: readonly Waiting[]): Promise<void> {
  let dir: string | undefined;
  let answers: readonly (Uint8Array | PatchwardenError)[] = [];
  try {
    dir = await mkdtemp(join(tmpdir(), 'patchwarden-ansible-'));
    await chmod(dir, 0o700);
    for (const c of calls) {
      await writeFile(join(dir, `${c.host}.py`), c.program, { mode: 0o600 });
      if (c.payload) await writeFile(join(dir, `${c.host}.payload`), c.payload.bytes, { mode: 0o600 });
    }
    const playbook = join(dir, 'playbook.json');
    await writeFile(playbook, JSON.stringify(playbookOf(calls, { dir, python }), null, 2), { mode: 0o600 });
    const said = await runPlaybook(options, playbook, Math.max(...calls.map((c) => c.timeoutMs)));
    answers = await Promise.all(
      calls.map((c) => answerOf(c.host, join(dir ?? '', `${c.host}.answer`), said)),
    );
  } catch (error) {
    const why = error instanceof PatchwardenError ? error : failed('cannot run a playbook', error);
    answers = calls.map(() => why);
  }
  if (dir !== undefined) await rm(dir, { recursive: true, force: true }).catch(() => undefined);
  for (const [i, c] of calls.entries()) {
    const answer = answers[i] ?? failed(`${c.host}: no answer`);
    if (answer instanceof PatchwardenError) c.reject(answer);
    else c.resolve(answer);
  }
}

const failed = (what: string, cause?: unknown) =>
  new PatchwardenError('host-failed', cause instanceof Error ? `${what}: ${cause.message}` : what, { cause });

async function runPlaybook(options: AnsibleOptions, playbook: string, timeoutMs: number): Promise<string> {
  const { program: command = 'ansible-playbook', inventory, forks = 20, config } = options;
  const argv = [command, '--inventory', inventory, '--forks', String(forks), playbook];
  const result = await runProcess(argv, {
    env: {
      ...CLEAN_ENV,
      ...sshEnv(),
      LC_ALL: 'C.UTF-8',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_RETRY_FILES_ENABLED: '0',
      ANSIBLE_HOST_KEY_CHECKING: 'True',
      ...(config === undefined ? {} : { ANSIBLE_CONFIG: config }),
    },
    timeoutMs,
    maxBytes: 64 << 20,
  });
  if (result.kind === 'missing')
    throw new PatchwardenError(
      'host-failed',
      `${command} is not installed; the driver "ansible" needs ansible-core`,
    );
  if (result.kind === 'killed') throw new PatchwardenError('host-failed', result.reason);
  return `${result.stdout}\n${result.stderr}`;
}

async function answerOf(host: string, path: string, said: string): Promise<Uint8Array | PatchwardenError> {
  try {
    const bytes = await readFile(path);
    return bytes.length <= MAX_ANSWER ? bytes : failed(`${host}: an answer of ${bytes.length} bytes`);
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? failed(`${host}: ${whyNot(host, said)}`) : failed(host, error);
  }
}

/** Ansible's own line about the host. */
function whyNot(host: string, said: string): string {
  const line = said
    .split('\n')
    .find(
      (l) =>
        l.startsWith(`fatal: [${host}]`) ||
        l.includes(`[${host}]: FAILED`) ||
        l.includes(`[${host}]: UNREACHABLE`),
    );
  const words =
    line ?? (said.includes('no hosts matched') ? 'the inventory does not have it' : said.trim().slice(-400));
  return printable(words).slice(0, 600);
}

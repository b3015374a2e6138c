import { PatchwardenError } from '../domain/errors.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { Lease } from '../ports/lease.ts';
import { asObject } from '../util/json-data.ts';

/** On the remote: one commit without parents that says who has it. It moves by compare-and-swap alone. */
export const LEASE_REF = 'refs/patchwarden/lease';
const FILE = 'lease.json';
const ATTEMPTS = 3;

export interface GitLeaseOptions {
  readonly git: Git;
  /** Name of the remote that has it, such as `origin`. */
  readonly remote: string;
  readonly clock: Pick<Clock, 'now'>;
  /** The bot, who signs the commit. */
  readonly signer: Signer;
}

interface State {
  readonly commit: string | null;
  readonly holder: string;
  readonly epoch: number;
  readonly until: Instant;
}

const NOBODY: State = { commit: null, holder: '', epoch: 0, until: '1970-01-01T00:00:00Z' };

/** The lease as a reference of the policy repository. */
export function gitLease({ git, remote, clock, signer }: GitLeaseOptions): Lease {
  const tracking = `refs/patchwarden/remotes/${remote}/lease`;

  async function read(): Promise<State> {
    // The pattern also matches nothing, so that a first lease is no error.
    await git.fetch(remote, [`+${LEASE_REF}*:${tracking}*`]);
    const commit = await git.resolve(tracking);
    return commit === undefined ? NOBODY : parse(commit, await git.readFile(commit, FILE));
  }

  async function write(before: State, next: Omit<State, 'commit'>): Promise<void> {
    const commit = await git.createCommit({
      base: null,
      files: new Map([[FILE, `${JSON.stringify(next)}\n`]]),
      parents: [],
      message: `Lease: epoch ${next.epoch}\n`,
      signer,
      at: clock.now(),
    });
    try {
      await git.push(remote, [{ ref: LEASE_REF, to: commit, expected: before.commit }]);
    } catch (error) {
      // A push whose answer was lost may have arrived.
      if ((await read()).commit !== commit) throw error;
    }
  }

  const later = (seconds: number): Instant => instantOf(Date.parse(clock.now()) + seconds * 1000);

  return {
    async acquire(holder, seconds, after = 0) {
      for (let attempt = 1; ; attempt += 1) {
        const now = await read();
        if (now.holder !== holder && now.until > clock.now())
          return { kind: 'taken', holder: now.holder, until: now.until };
        const epoch = Math.max(now.epoch, after) + 1;
        try {
          await write(now, { holder, epoch, until: later(seconds) });
          return { kind: 'held', epoch };
        } catch (error) {
          const lost = error instanceof PatchwardenError && error.code === 'lease-lost';
          if (!lost || attempt === ATTEMPTS) throw error;
        }
      }
    },
    async renew(holder, epoch, seconds) {
      const now = await read();
      if (now.holder !== holder || now.epoch !== epoch)
        throw new PatchwardenError(
          'lease-lost',
          `${now.holder || 'nobody'} has the lease with epoch ${now.epoch}; this controller had epoch ${epoch} and stops`,
        );
      await write(now, { holder, epoch, until: later(seconds) });
    },
    async release(holder, epoch) {
      const now = await read();
      if (now.holder !== holder || now.epoch !== epoch) return;
      try {
        // Not now: another controller's clock may be behind ours.
        await write(now, { holder, epoch, until: NOBODY.until });
      } catch (error) {
        if (!(error instanceof PatchwardenError) || error.code !== 'lease-lost') throw error;
      }
    },
  };
}

function parse(commit: string, text: string | undefined): State {
  let value: Record<string, unknown> | undefined;
  try {
    value = asObject(JSON.parse(text ?? ''));
  } catch {
    value = undefined;
  }
  const { holder, epoch, until } = value ?? {};
  if (
    typeof holder !== 'string' ||
    holder.length > 200 ||
    !Number.isSafeInteger(epoch) ||
    Number(epoch) < 1 ||
    typeof until !== 'string' ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(until)
  )
    throw new PatchwardenError(
      'forge-failed',
      `${LEASE_REF} (commit ${commit.slice(0, 12)}) is no lease; look who wrote it, then remove it: git push origin :${LEASE_REF}`,
    );
  return { commit, holder, epoch: Number(epoch), until };
}

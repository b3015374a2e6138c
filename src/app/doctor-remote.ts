import { type DoctorCheck, failed, fine, untold, warned } from '../domain/doctor.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import type { Wire } from './wire.ts';

const HOOKS = ['pre-receive', 'update', 'reference-transaction'] as const;
const PROTECT =
  'add an update hook there that refuses to rewrite or delete refs/heads/main and refs/heads/patchwarden/evidence';

/** What protects references where the forge is a plain repository: only what that repository's own files say. */
export async function remoteChecks(
  wire: Pick<Wire, 'git' | 'fileTree'>,
  git: Pick<Git, 'config'>,
  remote: string,
): Promise<readonly DoctorCheck[]> {
  const dir = localPath(await git.config(`remote.${remote}.url`));
  const bare = dir === undefined ? undefined : await openedBare(wire, dir);
  if (dir === undefined || bare === undefined)
    return [
      untold(
        'remote-rewrites',
        'the remote is on another machine, and Git tells nobody who may rewrite or delete references there',
        `look there at receive.denyNonFastForwards, receive.denyDeletes and the hooks; ${PROTECT}`,
      ),
    ];
  const set = async (key: string): Promise<boolean> =>
    /^(true|yes|on|1)$/i.test((await bare.config(`receive.${key}`)) ?? '');
  const [rewrites, deletes] = [await set('denyNonFastForwards'), await set('denyDeletes')];
  const names = await wire.fileTree(dir).list('hooks');
  const hooks = HOOKS.filter((h) => names.includes(h));
  return [
    protection(rewrites && deletes, hooks),
    rewrites || deletes
      ? failed(
          'remote-refresh',
          `the remote refuses to ${[...(rewrites ? ['rewrite'] : []), ...(deletes ? ['delete'] : [])].join(' and ')} any branch, so proposals can be neither refreshed nor closed`,
          `unset receive.denyNonFastForwards and receive.denyDeletes there; ${PROTECT}`,
        )
      : fine('remote-refresh', 'proposals can be refreshed and closed'),
  ];
}

function protection(denied: boolean, hooks: readonly string[]): DoctorCheck {
  const code = 'remote-rewrites';
  if (denied) return fine(code, 'the remote refuses to rewrite and delete branches');
  return hooks.length > 0
    ? untold(
        code,
        `the hooks of the remote decide (${hooks.join(', ')}), and what they refuse cannot be read from outside`,
        'try there, with a copy: git push --force and git push --delete of main and patchwarden/evidence',
      )
    : warned(
        code,
        'whoever may push to the remote can rewrite or delete main and the evidence; it would be noticed, and not prevented',
        PROTECT,
      );
}

function localPath(url: string | undefined): string | undefined {
  if (url?.startsWith('file://')) return decodeURIComponent(new URL(url).pathname);
  return url?.startsWith('/') ? url : undefined;
}

async function openedBare(wire: Pick<Wire, 'git'>, dir: string): Promise<Git | undefined> {
  try {
    return await wire.git(dir);
  } catch (error) {
    if (error instanceof PatchwardenError) return undefined;
    throw error;
  }
}

import { type DoctorCheck, failed, fine } from '../domain/doctor.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import type { Programs } from '../ports/programs.ts';
import { protectedHead } from './verified-head.ts';

/** The first git that signs and checks with SSH keys as we need it. */
const LEAST_GIT = [2, 34] as const;

export async function programChecks(
  programs: Pick<Programs, 'gitVersion' | 'hasSshKeygen'>,
): Promise<readonly DoctorCheck[]> {
  const version = await programs.gitVersion();
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const isEnough = major > LEAST_GIT[0] || (major === LEAST_GIT[0] && minor >= LEAST_GIT[1]);
  return [
    isEnough
      ? fine('git-version', `git is ${version}`)
      : failed(
          'git-version',
          version === undefined ? 'git is not on PATH' : `git is ${version}`,
          'install git 2.34 or newer',
        ),
    (await programs.hasSshKeygen())
      ? fine('ssh-keygen', 'ssh-keygen is there')
      : failed('ssh-keygen', 'ssh-keygen is not on PATH', 'install the OpenSSH client'),
  ];
}

export async function cloneChecks(
  git: Pick<Git, 'workTree' | 'config'>,
  remote: string,
): Promise<readonly DoctorCheck[]> {
  const url = await git.config(`remote.${remote}.url`);
  if (url === undefined)
    return [
      failed(
        'clone-remote',
        `the clone has no remote ${remote}`,
        `git remote add ${remote} <url>, or name another one as forge.remote in patchwarden.json`,
      ),
    ];
  const { dirty } = await git.workTree();
  return [
    fine('clone-remote', `the clone has the remote ${remote}`),
    dirty.length === 0
      ? fine('clone-clean', 'the clone has no changes of its own')
      : failed(
          'clone-clean',
          `the clone has changes that are not committed (${dirty.slice(0, 5).join(', ')}${dirty.length > 5 ? ', …' : ''})`,
          'commit, stash or remove them; what the program writes there belongs into .gitignore',
        ),
  ];
}

/** The protected branch as its remote has it; what the clone has where the remote does not answer. */
export async function headOf(
  git: Git,
  local: string,
): Promise<{ readonly head: string; readonly check: DoctorCheck }> {
  try {
    const head = await protectedHead(git);
    return { head, check: fine('remote-answers', `the protected branch is at ${head.slice(0, 12)}`) };
  } catch (error) {
    if (!(error instanceof PatchwardenError)) throw error;
    const remedy = 'see that the remote is up and has that branch, and that this account may fetch from it';
    return { head: local, check: failed('remote-answers', error.message, remedy) };
  }
}

import { readDocument } from '../audit/history/read-document.ts';
import { readAuthority } from '../audit/read-roles.ts';
import { judgeBotKey, judgeLogKey, judgeSigners } from '../audit/setup/signers.ts';
import { judgePatchers } from '../audit/setup/surroundings.ts';
import { parseAllowedSigners } from '../contracts/allowed-signers.ts';
import type { Config } from '../contracts/generated/config.ts';
import { DOCTOR_CODES, type DoctorCheck, failed, fine } from '../domain/doctor.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import { sortedBy } from '../util/sort.ts';
import { cloneChecks, headOf, programChecks } from './doctor-clone.ts';
import { forgeChecks } from './doctor-forge.ts';
import { historyChecks } from './doctor-history.ts';
import { otherPatchersSeen } from './doctor-hosts.ts';
import type { ApplyKeys } from './open-apply.ts';
import type { ForgeCredentials, Wire } from './wire.ts';

export interface DoctorRequest {
  /** Clone of the policy repository. */
  readonly repo: string;
  readonly trustAnchor: string | undefined;
  readonly keys: ApplyKeys;
  readonly credentials: ForgeCredentials;
}

/**
 * Looks at everything that the product stands on, and changes nothing but the clone's copies of remote references. What
 * could not be asked is a check of its own, never a failure of the whole. Throws `not-a-repository`.
 */
export async function runDoctor(wire: Wire, request: DoctorRequest): Promise<readonly DoctorCheck[]> {
  const programs = await programChecks(wire.programs);
  const checks = programs.some((c) => c.level === 'fail')
    ? programs
    : [...programs, ...(await repositoryChecks(wire, request))];
  return sortedBy(checks, (c) => String(DOCTOR_CODES.indexOf(c.code)).padStart(3, '0'));
}

async function repositoryChecks(wire: Wire, request: DoctorRequest): Promise<readonly DoctorCheck[]> {
  const git = await wire.git(request.repo);
  const local = await git.resolve('HEAD');
  const config = local === undefined ? undefined : await configAt(git, local);
  const clone = await cloneChecks(git, config?.forge?.remote ?? 'origin');
  if (!config || local === undefined)
    return [
      ...clone,
      failed(
        'documents',
        'HEAD has no valid patchwarden.json',
        'name the clone of a policy repository with --repo; patchwarden validate says what is wrong in it',
      ),
    ];
  const { head, check } = await headOf(git, local);
  return [...clone, check, ...(await headChecks(wire, request, git, head))];
}

/** What hangs on the documents of the protected branch. */
async function headChecks(
  wire: Wire,
  request: DoctorRequest,
  git: Git,
  head: string,
): Promise<readonly DoctorCheck[]> {
  const config = await configAt(git, head);
  const authority = await readAuthority(git, head);
  if (!config || !authority.ok)
    return [
      failed(
        'documents',
        `at ${head.slice(0, 12)}: ${authority.ok ? 'patchwarden.json is missing or not valid' : authority.error}`,
        'run patchwarden validate, and mend it through a pull request',
      ),
    ];
  const { roles, allowedSigners } = authority.value;
  const { lines, faults } = parseAllowedSigners(allowedSigners);
  const now = wire.clock.now();
  const signers = { roles, lines, now };
  const [fault] = faults;
  return [
    fault === undefined
      ? fine('documents', 'patchwarden.json, roles.json and allowed-signers can be read')
      : failed(
          'documents',
          `allowed-signers, line ${fault.line}: ${fault.message}`,
          'mend the line through a pull request',
        ),
    ...(await historyChecks(wire, git, { head, anchor: request.trustAnchor })),
    ...judgeSigners(signers),
    judgeBotKey(signers, await botKey(wire, request.keys.bot)),
    judgeLogKey(roles.log.key, logKey(wire, request.keys.log)),
    ...(await forgeChecks(wire, git, { config, roles, head, now, credentials: request.credentials })),
    judgePatchers(await otherPatchersSeen(wire, git.dir, config), config.disclose),
  ];
}

const configAt = async (git: Git, commit: string): Promise<Config | undefined> =>
  readDocument(await git.readBytes(commit, 'patchwarden.json'), 'patchwarden.json', 'Config') ?? undefined;

type KeyRead = { readonly value: string } | { readonly problem: string } | undefined;

async function botKey({ programs }: Pick<Wire, 'programs'>, file: string | undefined): Promise<KeyRead> {
  if (file === undefined) return undefined;
  const key = await programs.publicKey(file);
  return key.ok ? { value: key.value } : { problem: key.error };
}

function logKey(wire: Pick<Wire, 'logKey'>, file: string | undefined): KeyRead {
  if (file === undefined) return undefined;
  try {
    return { value: wire.logKey(file).verifier.text };
  } catch (error) {
    if (error instanceof PatchwardenError) return { problem: error.message };
    throw error;
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git, SignatureCheck } from '../ports/git.ts';
import { type GitReads, revision } from './git-simple-git-read.ts';
import { type GitRun, objectId } from './git-simple-git-run.ts';
import { withScratch } from './scratch-directory.ts';

interface Asked {
  readonly id: string;
  readonly answer: (check: SignatureCheck) => void;
  readonly refuse: (error: unknown) => void;
}

/** Processes of Git that check signatures at a time. */
const AT_A_TIME = 2;

/**
 * Checks signatures of commits. What is asked while Git is at work waits, and goes to the next one together: a walk over a
 * history asks for hundreds, and a process for each costs more than the checking.
 */
export function signatureChecker(run: GitRun, reads: GitReads): Git['verifyCommit'] {
  // At the commit's own time, so what was valid once stays valid; a refusal can be the checking program's.
  const valid = new Map<string, SignatureCheck>();
  const waiting = new Map<string, Asked[]>();
  let working = 0;

  const next = async (): Promise<void> => {
    const [first] = waiting;
    if (!first || working >= AT_A_TIME) return;
    const [allowedSigners, asked] = first;
    waiting.delete(allowedSigners);
    working += 1;
    const ids = [...new Set(asked.map((a) => a.id))];
    const checks = await verifyAll(run, ids, allowedSigners).catch((error: unknown) => ({ error }));
    working -= 1;
    for (const { id, answer, refuse } of asked) {
      if ('error' in checks) refuse(checks.error);
      else answer(checks.get(id) ?? { valid: false, reason: 'bad-signature' });
    }
    await next();
  };

  return async (id, allowedSigners) => {
    const name = `${id} ${allowedSigners}`;
    const known = valid.get(name);
    if (known) return known;
    const { signature, raw } = await reads.commitObject(id);
    if (signature === 'none') return { valid: false, reason: 'unsigned' };
    if (signature === 'other') return { valid: false, reason: 'unknown-key' };
    if (objectId('commit', raw, id) !== id) return { valid: false, reason: 'bad-signature' };
    const check = await new Promise<SignatureCheck>((answer, refuse) => {
      const asked = waiting.get(allowedSigners) ?? [];
      waiting.set(allowedSigners, [...asked, { id, answer, refuse }]);
      // Whoever else asks at this moment comes along.
      setImmediate(() => void next());
    });
    if (check.valid) valid.set(name, check);
    return check;
  };
}

/** One process for all; where it fails, one for each, so that no commit suffers from another. */
async function verifyAll(
  run: GitRun,
  ids: readonly string[],
  allowedSigners: string,
): Promise<ReadonlyMap<string, SignatureCheck>> {
  return withScratch(async (dir) => {
    const file = join(dir, 'allowed-signers');
    await writeFile(file, allowedSigners);
    const ask = async (some: readonly string[]) => {
      const { text } = await run(
        ['log', '--no-walk=unsorted', '--format=%H%x00%G?%x00%GS%x00%GF', ...some.map(revision)],
        { config: [`gpg.ssh.allowedSignersFile=${file}`] },
      );
      return text.split('\n').map((line) => checkOf(line.split('\0')));
    };
    try {
      return new Map(await ask(ids));
    } catch (error) {
      if (ids.length === 1) throw error;
      const each: (readonly [string, SignatureCheck])[] = [];
      for (const id of ids)
        each.push(
          ...(await ask([id]).catch(() => [[id, { valid: false, reason: 'bad-signature' }] as const])),
        );
      return new Map(each);
    }
  });
}

/**
 * `%G?` of an SSH signature: G good and the key is somebody's, U good but nobody's (or not at that time), B bad.
 * @see git-log(1), "PRETTY FORMATS"; ssh-keygen(1), "ALLOWED SIGNERS"
 */
function checkOf([id = '', state = '', principal = '', fingerprint = '']: readonly string[]): readonly [
  string,
  SignatureCheck,
] {
  switch (state) {
    case 'G':
      return [
        id,
        principal === '' ? { valid: false, reason: 'unknown-key' } : { valid: true, principal, fingerprint },
      ];
    case 'U':
      return [id, { valid: false, reason: 'unknown-key' }];
    case 'N':
      return [id, { valid: false, reason: 'unsigned' }];
    default:
      return [id, { valid: false, reason: 'bad-signature' }];
  }
}

import { decodeEntry, encodeEntry } from '../contracts/evidence-codec.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../domain/errors.ts';
import {
  CHECKPOINT_PATH,
  EVIDENCE_BRANCH,
  EVIDENCE_TRAILER,
  evidenceTracking,
  formatHead,
} from '../domain/evidence.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceHead, EvidenceLog } from '../ports/evidence-log.ts';
import type { Git, Signer } from '../ports/git.ts';
import { checkLog } from '../util/tlog/check-log.ts';
import type { Checked } from '../util/tlog/checked.ts';
import { openCheckpoint, signCheckpoint } from '../util/tlog/checkpoint.ts';
import { growLog, rootFromEdge } from '../util/tlog/grow.ts';
import { emptyRoot, type Hash, hexOf, sameHash } from '../util/tlog/hash.ts';
import { type NoteSigner, type NoteVerifier, parseVerifier } from '../util/tlog/note-keys.ts';
import { partialTiles, tilePath } from '../util/tlog/tile-paths.ts';

export interface EvidenceLogOptions {
  readonly git: Git;
  /** Name of the remote that has the log, such as `origin`. */
  readonly remote: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Verifier key of the log as roles.json names it. */
  readonly verifier: string;
  /** What appending needs; without it the log is read-only. */
  readonly writer?: {
    /** Key of the log; its public half must be the verifier. */
    readonly key: NoteSigner;
    /** The bot, who signs the commits. */
    readonly signer: Signer;
  };
}

/** The log as one commit of its branch has it. */
interface State {
  /** null before the first append. */
  readonly commit: string | null;
  readonly size: number;
  readonly root: Hash;
  /** The partial tiles, which an append continues. */
  readonly edge: ReadonlyMap<string, Uint8Array>;
}

/**
 * The evidence log on an orphan branch: one signed commit an append, whose tree holds `checkpoint` and the tiles.
 * Appending reads and writes only the right edge of the tree, so its cost does not grow with the log.
 * @see C2SP tlog-tiles
 */
export function gitEvidenceLog(options: EvidenceLogOptions): EvidenceLog {
  const { git, remote } = options;
  const verifier = verifierOf(options);
  const tracking = evidenceTracking(remote);

  const fetchHead = async (): Promise<string | undefined> => {
    await git.fetch(remote, [tracking.refspec]);
    return git.resolve(tracking.ref);
  };

  // A commit never changes, and most questions come before anything is appended.
  let last: { readonly commit: string; readonly entries: readonly EvidenceEntry[] } | undefined;
  const entriesAt = async (commit: string): Promise<readonly EvidenceEntry[]> => {
    if (last?.commit !== commit) last = { commit, entries: await readEntries(git, verifier, commit) };
    return last.entries;
  };

  return {
    head: async () => headOf(await readState(git, verifier, await fetchHead())),

    entries: async () => {
      const commit = await fetchHead();
      return commit === undefined ? [] : entriesAt(commit);
    },

    append: async (entries, { after } = {}) => {
      const { writer } = options;
      if (!writer) throw new PatchwardenError('usage', 'this evidence log was opened for reading only');
      const encoded = entries.map(encodedEntry);
      const state = await readState(git, verifier, await fetchHead());
      if (after !== undefined && state.size !== after)
        throw new PatchwardenError(
          'lease-lost',
          `the evidence log has ${state.size} entries and this was decided on ${after}: read it again`,
        );
      if (encoded.length === 0) return headOf(state);
      const grown = growLog(state.edge, state.size, encoded);
      const head = { size: grown.size, root: hexOf(grown.root) };
      const checkpoint = signCheckpoint(grown.size, grown.root, writer.key);
      const commit = await git.createCommit({
        base: state.commit,
        files: new Map<string, string | Uint8Array | null>([...grown.files, [CHECKPOINT_PATH, checkpoint]]),
        parents: state.commit === null ? [] : [state.commit],
        message: messageOf(entries, head),
        signer: writer.signer,
        at: options.clock.now(),
      });
      await publish(commit, state.commit);
      return head;
    },
  };

  /** A push whose answer was lost may have arrived: only the remote knows, and a second try would log twice. */
  async function publish(commit: string, expected: string | null): Promise<void> {
    try {
      await git.push(remote, [{ ref: EVIDENCE_BRANCH, to: commit, expected }]);
    } catch (error) {
      if ((await fetchHead()) !== commit) throw error;
    }
  }
}

function verifierOf({ verifier, writer }: EvidenceLogOptions): NoteVerifier {
  const parsed = parseVerifier(verifier);
  if ('problem' in parsed)
    throw new PatchwardenError(
      'bad-document',
      `the key of the evidence log in roles.json is of no use: ${parsed.problem}`,
    );
  if (writer && writer.key.verifier.text !== parsed.value.text)
    throw new PatchwardenError(
      'signature-invalid',
      `the signing key ${writer.key.verifier.name}+${writer.key.verifier.id} is not the one whose public half roles.json names (${parsed.value.name}+${parsed.value.id}); evidence signed with it would not verify`,
    );
  return parsed.value;
}

const headOf = (state: State): EvidenceHead => ({ size: state.size, root: hexOf(state.root) });

const broken = (commit: string, why: string): PatchwardenError =>
  new PatchwardenError(
    'evidence-broken',
    `the evidence log at commit ${commit.slice(0, 12)} does not verify: ${why}; run patchwarden audit verify`,
  );

const must = <T>(commit: string, what: string, result: Checked<T>): T => {
  if ('problem' in result) throw broken(commit, `${what}: ${result.problem}`);
  return result.value;
};

/** Size and root that the checkpoint signs, checked against the right edge of the tree. */
async function readState(git: Git, verifier: NoteVerifier, commit: string | undefined): Promise<State> {
  if (commit === undefined) return { commit: null, size: 0, root: emptyRoot(), edge: new Map() };
  const bytes = await git.readBytes(commit, CHECKPOINT_PATH);
  if (!bytes) throw broken(commit, `the file ${CHECKPOINT_PATH} is missing`);
  const { size, root } = must(commit, CHECKPOINT_PATH, openCheckpoint(bytes, verifier));
  const edge = await readPaths(git, commit, partialTiles(size).map(tilePath));
  if (!sameHash(edgeRoot(commit, edge, size), root))
    throw broken(commit, 'the tiles have another root than the signed checkpoint');
  return { commit, size, root, edge };
}

function edgeRoot(commit: string, edge: ReadonlyMap<string, Uint8Array>, size: number): Hash {
  try {
    return rootFromEdge(edge, size);
  } catch (cause) {
    throw broken(commit, cause instanceof Error ? cause.message : String(cause));
  }
}

async function readPaths(
  git: Git,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = await git.readObjects(paths.map((path) => `${commit}:${path}`));
  return new Map(paths.flatMap((path, i) => (contents[i] ? [[path, contents[i]] as const] : [])));
}

async function readEntries(
  git: Git,
  verifier: NoteVerifier,
  commit: string,
): Promise<readonly EvidenceEntry[]> {
  const tree = await git.listTree(commit, '');
  const log = checkLog(
    await readPaths(
      git,
      commit,
      tree.map((e) => e.path),
    ),
    verifier,
  );
  const [first] = log.problems;
  if (first)
    throw broken(commit, first.entry === null ? first.message : `entry ${first.entry}: ${first.message}`);
  return log.entries.map((bytes, i) => {
    const entry = decodeEntry(bytes);
    if (!entry.ok) throw broken(commit, `entry ${i}: ${entry.error}`);
    return entry.value;
  });
}

function encodedEntry(entry: EvidenceEntry, i: number): Uint8Array {
  const bytes = encodeEntry(entry);
  if (bytes.ok) return bytes.value;
  throw new PatchwardenError(
    'store-failed',
    `evidence of type ${String(entry.type)} (${i + 1} of this append) cannot be logged: ${bytes.error}`,
  );
}

function messageOf(entries: readonly EvidenceEntry[], head: EvidenceHead): string {
  const types = [...new Set(entries.map((e) => e.type))].sort().join(', ');
  const what = entries.length === 1 ? 'entry' : 'entries';
  return `Evidence: ${entries.length} ${what} (${types})\n\n${EVIDENCE_TRAILER}: ${formatHead(head)}\n`;
}

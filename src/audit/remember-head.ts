import { PatchwardenError } from '../domain/errors.ts';
import { formatHead, parseHead, REMEMBERED_HEAD } from '../domain/evidence.ts';
import type { EvidenceHead, EvidenceLog } from '../ports/evidence-log.ts';
import type { StateStore } from '../ports/state-store.ts';
import { canonicalJson } from '../util/digest.ts';
import { prefixRoots } from '../util/tlog/compact.ts';
import { hashLeaf, hexOf } from '../util/tlog/hash.ts';

/**
 * A log whose last head seen here is kept in the state location, so that the next run notices a log that was cut off
 * or rewritten even where its signature is fine. Reading the entries proves that the remembered state is a prefix.
 */
export function rememberingEvidenceLog(
  log: EvidenceLog,
  state: Pick<StateStore, 'read' | 'write'>,
): EvidenceLog {
  const remembered = async (): Promise<EvidenceHead | undefined> => {
    const text = await state.read(REMEMBERED_HEAD);
    const head = text === undefined ? undefined : parseHead(text);
    if (text !== undefined && !head)
      throw new PatchwardenError(
        'evidence-broken',
        `the state file ${REMEMBERED_HEAD} is no evidence head; if it was damaged, run patchwarden audit verify, then remove it`,
      );
    return head;
  };
  const accept = async (head: EvidenceHead, known: EvidenceHead | undefined): Promise<EvidenceHead> => {
    if (known && (head.size < known.size || (head.size === known.size && head.root !== known.root)))
      throw rewritten(known, head);
    if (!known || head.size > known.size) await state.write(REMEMBERED_HEAD, `${formatHead(head)}\n`);
    return head;
  };
  return {
    head: async () => accept(await log.head(), await remembered()),
    entries: async () => {
      const entries = await log.entries();
      const known = await remembered();
      const leaves = entries.map((e) => hashLeaf(Buffer.from(canonicalJson(e))));
      const roots = prefixRoots(leaves, [leaves.length, known?.size ?? 0]);
      const rootAt = (size: number) => hexOf(roots.get(size) ?? new Uint8Array());
      const now = { size: leaves.length, root: rootAt(leaves.length) };
      if (known && rootAt(known.size) !== known.root) throw rewritten(known, now);
      await accept(now, known);
      return entries;
    },
    append: async (entries, options) => {
      await accept(await log.head(), await remembered());
      return accept(await log.append(entries, options), undefined);
    },
  };
}

const rewritten = (known: EvidenceHead, now: EvidenceHead): PatchwardenError =>
  new PatchwardenError(
    'evidence-broken',
    `the evidence log is at ${formatHead(now)} and this controller has seen it at ${formatHead(known)}: it was cut off or rewritten; run patchwarden audit verify`,
  );

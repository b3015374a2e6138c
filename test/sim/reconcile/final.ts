import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import type { Proposal } from '../../../src/domain/proposal.ts';
import { BASE, branchOf } from './facts.ts';
import type { Memory } from './memory.ts';
import type { OracleDeps } from './oracle.ts';
import type { PullView } from './oracle-types.ts';

/** R2: what is not as it should be when nothing goes wrong any more and people rest. Empty: all is. */
export function leftUndone(
  { scenario, store, remote, pulls }: OracleDeps,
  memory: Memory,
  theirs: (tip: string) => boolean,
  wanted: readonly Proposal[],
  evidence: readonly EvidenceEntry[],
): readonly string[] {
  const branches = new Set(scenario.topics.map(branchOf));
  const open = [...pulls().values()].filter((p) => p.state === 'open' && branches.has(p.head));
  const tipOf = (branch: string): string | undefined => remote.refs.get(`refs/heads/${branch}`);
  const main = tipOf(BASE) ?? '';
  /** Left alone for good: on hold, opened or taken over by a person, or pointed elsewhere. */
  const peoples = (pull: PullView): boolean => {
    const tip = tipOf(pull.head);
    return (
      pull.labels.includes('patchwarden/hold') ||
      pull.author !== 'patchwarden-bot' ||
      pull.base !== BASE ||
      tip === undefined ||
      theirs(tip)
    );
  };
  const problems: string[] = [];
  for (const branch of branches) {
    const own = open.filter((p) => p.head === branch && !peoples(p));
    if (own.length > 1) problems.push(`${own.map((p) => p.number).join(' and ')} are open for ${branch}`);
  }
  for (const proposal of wanted) {
    const pull = open.find((p) => p.head === proposal.branch);
    const tip = tipOf(proposal.branch);
    if (pull) {
      if (peoples(pull)) continue;
      const commit = store.get(tip ?? '');
      for (const [path, text] of proposal.files)
        if ((commit.files.get(path) ?? null) !== text)
          problems.push(`${pull.number} on ${pull.head} does not have what is wanted in ${path}`);
      if (!evidence.some((e) => e.type === 'proposal' && e.pull === pull.number && e.head === commit.id))
        problems.push(`${pull.number} is not in the evidence log`);
      if ('conflicts' in store.merge(main, commit.id)) problems.push(`${pull.number} cannot be merged`);
      // Who took our part out of the text has made it theirs.
      if (!pull.body.includes('patchwarden:begin')) continue;
      if (
        pull.title !== proposal.title &&
        memory.titleByPerson(pull.number) === Number.POSITIVE_INFINITY &&
        !memory.unmarked(pull.number)
      )
        problems.push(`the title of ${pull.number} is not of its content`);
      if (!pull.body.includes(proposal.contentDigest))
        problems.push(`the text of ${pull.number} is not of its content`);
      continue;
    }
    if (proposal.waits || memory.refusedSince(proposal.branch, proposal.contentDigest) !== undefined)
      continue;
    if (tip !== undefined && (theirs(tip) || store.isAncestor(tip, main))) continue;
    if (open.length >= scenario.settings.openLimit) continue;
    problems.push(`${proposal.branch} is wanted and not open`);
  }
  const entered = evidence.flatMap((e) => (e.type === 'proposal' ? [`${e.pull} at ${e.head}`] : []));
  for (const [i, proposal] of entered.entries())
    if (entered.indexOf(proposal) < i) problems.push(`${proposal} is in the evidence log twice`);
  for (const pull of open)
    if (!wanted.some((p) => p.branch === pull.head) && !peoples(pull))
      problems.push(`${pull.number} on ${pull.head} is open and not wanted`);
  return problems;
}

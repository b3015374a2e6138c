import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { CODEOWNERS_PATHS, ownersOf, parseCodeowners } from '../domain/codeowners.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { ReviewRequest } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import { reviewersFor } from '../review/reviewers.ts';

/**
 * Whom a new pull request asks for a review, as the configuration says. GitHub asks the owners of changed paths by itself,
 * some time after it was opened, so that CODEOWNERS at the head tells it beforehand; Gitea has done so when it answers.
 */
export async function reviewRequests(
  git: Pick<Git, 'readFile'>,
  head: string,
  { config, roles, baselines }: Pick<PolicyDocuments, 'config' | 'roles' | 'baselines'>,
): Promise<(proposal: Proposal) => ReviewRequest | undefined> {
  const { forge } = config;
  if (forge === undefined || forge.kind === 'git') return () => undefined;
  const { kind, reviewers } = forge;
  if (reviewers === 'none' || reviewers === 'codeowners') return () => undefined;
  const rules = kind === 'github' && reviewers === undefined ? await rulesAt(git, head) : [];
  return (proposal) => {
    if ([...proposal.files.keys()].some((path) => ownersOf(rules, path).length > 0)) return undefined;
    const accounts = reviewersFor(proposal, { roles, baselines: [...baselines] }, kind);
    return accounts.length === 0 ? undefined : { accounts, unlessAsked: reviewers === undefined };
  };
}

async function rulesAt(
  git: Pick<Git, 'readFile'>,
  head: string,
): Promise<ReturnType<typeof parseCodeowners>> {
  for (const path of CODEOWNERS_PATHS) {
    const text = await git.readFile(head, path);
    if (text !== undefined) return parseCodeowners(text);
  }
  return [];
}

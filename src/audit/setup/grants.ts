import { type DoctorCheck, failed, fine, unanswered, untold, warned } from '../../domain/doctor.ts';
import type { ForgeFacts } from '../../ports/forge-inspector.ts';

const CODE = 'token-grants';

/** Permissions of a GitHub App. */
const NEEDED = ['checks', 'contents', 'issues', 'pull_requests'] as const;
/** What else may be written without a word. */
const HARMLESS: readonly string[] = [...NEEDED, 'statuses'];
/** Scopes of classic tokens; `read:` ones are harmless. */
const ENOUGH: readonly string[] = ['repo', 'public_repo', 'repo:status', 'user:email', 'notifications'];

/** Enough rights to work, and no more than that. */
export function judgeGrants({ grants, repository }: ForgeFacts): DoctorCheck {
  const least = 'use a GitHub App with checks, contents, issues and pull_requests: write, metadata: read';
  if ('value' in repository && !repository.value.push)
    return failed(
      CODE,
      'the account of the token may not push to the repository',
      'give the bot the role write in the repository, not more',
    );
  if ('why' in grants)
    return grants.because === 'not-told'
      ? untold(CODE, `what the token may do is not known: ${grants.why}`, 'look at the page of the token')
      : unanswered(CODE, `what the token may do is not known: ${grants.why}`, least);
  if (grants.value.kind === 'permissions') {
    const { permissions } = grants.value;
    const missing = NEEDED.filter((p) => permissions[p] !== 'write');
    const more = Object.keys(permissions).filter((p) => permissions[p] !== 'read' && !HARMLESS.includes(p));
    return verdict(missing, more, 'the App lacks the permission to write', 'may also write', least);
  }
  const { scopes } = grants.value;
  const isPublic = 'value' in repository && repository.value.public;
  const works = scopes.includes('repo') || (isPublic && scopes.includes('public_repo'));
  const more = scopes.filter((s) => !ENOUGH.includes(s) && !s.startsWith('read:'));
  return verdict(works ? [] : ['repo'], more, 'the token lacks the scope', 'also has the scopes', least);
}

function verdict(
  missing: readonly string[],
  more: readonly string[],
  lacks: string,
  also: string,
  remedy: string,
): DoctorCheck {
  if (missing.length > 0) return failed(CODE, `${lacks} ${missing.join(', ')}`, remedy);
  if (more.length > 0)
    return warned(CODE, `the token ${also} ${more.join(', ')}, which nothing here needs`, remedy);
  return fine(CODE, 'the token may do what is needed, and not more');
}

import type { ReviewRequest } from '../ports/forge.ts';
import { type HostedApi, HostedFailure, type HostedPull } from './hosted-api.ts';

/**
 * Asks for reviews of a pull request that was opened a moment ago. It is open whether that works or not: somebody who may
 * not be asked is left out, and what the forge does not answer is not asked for again.
 */
export async function askForReviews(api: HostedApi, pull: HostedPull, request: ReviewRequest): Promise<void> {
  if (request.unlessAsked && pull.reviewAsked) return;
  try {
    const logins: string[] = [];
    for (const account of request.accounts) {
      const login = await api.loginOf(Number(account.split(':')[1]));
      if (login !== undefined && login !== pull.author) logins.push(login);
    }
    if (logins.length === 0 || (await asked(api, pull, logins)) || logins.length === 1) return;
    // One who is no collaborator spoils it for all.
    for (const login of logins) await asked(api, pull, [login]);
  } catch (error) {
    if (!(error instanceof HostedFailure)) throw error;
  }
}

async function asked(api: HostedApi, { number }: HostedPull, logins: readonly string[]): Promise<boolean> {
  try {
    await api.askReview(number, logins);
    return true;
  } catch (error) {
    if (error instanceof HostedFailure && ['refused', 'missing'].includes(error.kind)) return false;
    throw error;
  }
}

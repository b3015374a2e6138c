import { standInPlace } from '../real/support/github-place.ts';
import { NAMES } from '../support/github/environment-place.ts';

/**
 * Serves the stand-in in the place of GitHub where the environment asks for it. In the end nothing may have been said
 * that GitHub's description does not know, and no repository may be left.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env[NAMES.url] !== 'stand-in') return async () => undefined;
  const place = await standInPlace();
  const { bot, approver, approver2 } = place.tokens;
  process.env[NAMES.url] = place.api;
  process.env[NAMES.organisation] = place.organisation;
  process.env[NAMES.bot] = bot;
  process.env[NAMES.people] ??= `${approver},${approver2}`;
  return async () => {
    await place.close();
    const left = place.state.repositories().map((name) => `${name} was not deleted`);
    const wrong = [...place.state.violations().map(String), ...left];
    if (wrong.length === 0) return;
    // An error here is shown, and would not fail the run.
    process.exitCode = 1;
    throw new Error(wrong.join('\n'));
  };
}

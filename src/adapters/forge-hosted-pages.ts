import type { PullCheck } from '../ports/forge.ts';
import { noteMark } from './forge-hosted-text.ts';
import type { HostedApi } from './hosted-api.ts';

/** What the protected branch should require. */
const CHECK = 'patchwarden/change';

/** What the bot writes beside pull requests: notes below them, the check of their heads, its one issue. */
export function hostedPages(api: HostedApi) {
  /** Says something once, however often it is asked to. */
  const note = async (number: number, key: string, text: string): Promise<void> => {
    const me = await api.login();
    const mark = noteMark(key);
    const comments = await api.comments(number);
    if (comments.some((c) => c.author === me && c.body.includes(mark))) return;
    await api.comment(number, `${text}\n\n${mark}`);
  };

  const check = async (head: string, { state, description }: PullCheck): Promise<boolean> => {
    const next = { state, description: [...description].slice(0, 140).join('') };
    const now = await api.status(head, CHECK);
    if (
      now !== undefined &&
      now.state === next.state &&
      now.description === next.description &&
      now.author === (await api.login())
    )
      return false;
    await api.setStatus(head, CHECK, next);
    return true;
  };

  /** An answer that got lost leaves an issue that the next run finds by its mark. */
  const dashboard = async (title: string, text: string): Promise<boolean> => {
    const mark = noteMark('dashboard');
    const body = `${text.trim()}\n\n${mark}`;
    const issue = await api.findIssue(await api.login(), mark);
    if (issue === undefined) await api.createIssue(title, body);
    else if (issue.state !== 'open' || issue.body.replace(/\r\n/g, '\n').trim() === body) return false;
    else await api.updateIssue(issue.number, body);
    return true;
  };

  return { note, check, dashboard };
}

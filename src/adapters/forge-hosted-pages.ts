import { keepChecked } from '../domain/pull-boxes.ts';
import type { PullCheck } from '../ports/forge.ts';
import { noteMark } from './forge-hosted-text.ts';
import type { HostedApi, HostedRun, HostedRuns } from './hosted-api.ts';

/** What the protected branch should require. */
export const CHECK = 'patchwarden/change';

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

  const check = async (head: string, wanted: PullCheck): Promise<boolean> =>
    api.runs === undefined ? status(head, wanted) : checkRun(api.runs, head, wanted);

  const status = async (head: string, { state, description }: PullCheck): Promise<boolean> => {
    const next = { state, description: shortened(description, 140) };
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

  const checkRun = async (runs: HostedRuns, head: string, wanted: PullCheck): Promise<boolean> => {
    const { state, description, contentDigest } = wanted;
    const summary = shortened(wanted.summary.trim(), 60_000);
    const next = { state, title: shortened(description, 255), summary, externalId: contentDigest };
    const now = await runs.find(head, CHECK);
    if (now === undefined) await runs.create(head, CHECK, next);
    else if (isSameRun(now, next)) return false;
    else await runs.update(CHECK, { ...next, id: now.id });
    return true;
  };

  /** An answer that got lost leaves an issue that the next run finds by its mark. */
  const dashboard = async (title: string, text: string): Promise<boolean> => {
    const mark = noteMark('dashboard');
    const issue = await api.findIssue(await api.login(), mark);
    // What was checked since it was read is for the next run.
    const body = keepChecked(`${text.trim()}\n\n${mark}`, issue?.body ?? '');
    if (issue === undefined) await api.createIssue(title, body);
    else if (issue.state !== 'open' || issue.body.replace(/\r\n/g, '\n').trim() === body) return false;
    else await api.updateIssue(issue.number, body);
    return true;
  };

  const dashboardText = async (): Promise<string | undefined> => {
    const issue = await api.findIssue(await api.login(), noteMark('dashboard'));
    return issue?.state === 'open' ? issue.body : undefined;
  };

  return { note, check, dashboard, dashboardText };
}

const isSameRun = (a: HostedRun, b: Omit<HostedRun, 'id'>): boolean =>
  a.state === b.state &&
  a.title === b.title &&
  a.externalId === b.externalId &&
  a.summary.replace(/\r\n/g, '\n').trim() === b.summary;

const shortened = (text: string, length: number): string => [...text].slice(0, length).join('');

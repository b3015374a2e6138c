import { createHash } from 'node:crypto';
import type { Proposal } from '../../../src/domain/proposal.ts';
import type { Files } from './memory-git.ts';
import type { Scenario, TopicSpec } from './scenario.ts';

export const OWNER = 'acme';
export const REPO = 'policy';
export const BASE = 'main';
/** Another branch of people, to which a pull request may be pointed. */
export const OTHER_BASE = 'release';
export const BOT_EMAIL = 'bot@patchwarden.example';
export const BOT_LOGIN = 'patchwarden-bot';
export const BOT_KEY = 'key-of-the-bot';
export const PEOPLE: readonly string[] = ['olga', 'ravi', 'mei'];
export const NOTE = /<!-- patchwarden:note (.+?) -->/;

export const branchOf = ({ kind, scope }: TopicSpec): string =>
  `patchwarden/${kind}/${scope.split(':').join('/')}`;

export const ownPath = (path: string): boolean =>
  path.startsWith('locks/') ||
  path.startsWith('holds/') ||
  path === 'pins.json' ||
  path.startsWith('exceptions/');

/** Content of a topic's file; null deletes it. */
export const contentOf = (topic: TopicSpec, content: number): string | null =>
  topic.kind === 'housekeeping' ? null : `content ${content} of ${topic.scope}\n`;

/** What a topic wants at a time, before any head is looked at. */
const wishAt = (topic: TopicSpec, ms: number): TopicSpec['wishes'][number] | undefined =>
  topic.wishes.filter((w) => w.at <= ms).at(-1);

/** Proposals that a reconciler with these snapshots wants over a head. @param ms since the start */
export function wantedAt(scenario: Scenario, ms: number, head: Files): readonly Proposal[] {
  return scenario.topics.flatMap((topic) => {
    const wish = wishAt(topic, ms);
    if (!wish || wish.content === null) return [];
    const { kind, scope } = topic;
    const path = kind === 'housekeeping' ? `exceptions/${wish.content}.json` : topic.path;
    const after = contentOf(topic, wish.content);
    if ((head.get(path) ?? null) === after) return [];
    const digest = createHash('sha256')
      .update(JSON.stringify([kind, scope, path, after]))
      .digest('hex');
    return [
      {
        kind,
        scope,
        branch: branchOf(topic),
        files: new Map([[path, after]]),
        contentDigest: `sha256:${digest}`,
        title: `${kind} ${scope}: content ${wish.content}`,
        body: `Content ${wish.content} of ${scope}.\n\nIt is needed.`,
        ...(wish.waits ? { waits: 'cadence' as const } : {}),
      },
    ];
  });
}

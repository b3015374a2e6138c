import type { ProposalEffect, RolloutPreview } from '../domain/proposal-effect.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { lines, listed, plural, table } from './bounded.ts';
import type { ProposalFacts } from './proposal-facts.ts';

const NAMES = 50;

/** How many hosts by ring, unit and env; their names only where the config discloses them. */
export function effectSection({ effect }: Pick<ProposalFacts, 'effect'>, most: number): string {
  const row = (g: ProposalEffect['groups'][number]): string =>
    `| ${escapeMarkdown(g.ring)} | ${label(g.unit)} | ${label(g.env)} | ${g.hosts} |`;
  const head = '| ring | unit | env | hosts |\n| --- | --- | --- | ---: |';
  const parts = [
    '### Where',
    `**Effect:** ${effect.hosts} of ${plural(effect.fleet, 'host')} would be touched.`,
    table(head, effect.groups, row, most, {
      one: 'more group',
      where: '`patchwarden status` counts every ring',
    }),
    effect.names === null || effect.names.length === 0
      ? ''
      : `Hosts: ${listed(effect.names, inlineCode, Math.min(NAMES, most))}.`,
  ];
  return parts.filter((p) => p !== '').join('\n\n');
}

const label = (value: string | null): string => (value === null ? '–' : escapeMarkdown(value));

/** Waves, windows and the earliest end of each ring, against the deadline. */
export function rolloutSection(
  { rollout }: Pick<ProposalFacts, 'rollout'>,
  due: string | null,
  most: number,
): string {
  if (rollout.length === 0) return '';
  const where = '`patchwarden apply --plan` shows every ring once it is merged';
  return `### Rollout preview\n\n${lines(rollout, (r) => `- ${previewWords(r, due)}`, most, { one: 'more ring', where })}`;
}

function previewWords(ring: RolloutPreview, due: string | null): string {
  const name = `Ring ${inlineCode(ring.ring)}`;
  const hosts = ring.waves.reduce((sum, n) => sum + n, 0);
  if (hosts === 0) return `${name}: no host is behind, so nothing is done.`;
  const waves =
    ring.waves.length === 1 ? 'one wave' : `${ring.waves.length} waves (${listed(ring.waves, String, 10)})`;
  const budget = ring.budget === null ? '' : `, at most ${ring.budget} at a time`;
  const bake = ring.bakeMinutes === 0 ? '' : `, a bake of ${plural(ring.bakeMinutes, 'minute')} after each`;
  const uncovered =
    ring.uncovered === 0
      ? ''
      : ` No canary would exercise ${plural(ring.uncovered, 'class', 'classes')} of hosts.`;
  return `${name}: ${plural(hosts, 'host')} in ${waves}${budget}${bake}; at least ${plural(ring.atLeastMinutes, 'minute')}. ${windowWords(ring)}${uncovered} ${finishWords(ring, due)}`;
}

function windowWords({ windows, from }: RolloutPreview): string {
  if (windows === null)
    return `No calendar binds: hosts may start at once, counted from ${escapeMarkdown(from)}.`;
  if (windows.length === 0) return 'Its calendar never opens long enough for a host.';
  const spans = windows.map((w) => `${escapeMarkdown(w.opens)} to ${escapeMarkdown(w.until)}`);
  return `Hosts may start, counted from ${escapeMarkdown(from)}: ${spans.join(', ')}.`;
}

function finishWords({ finish }: RolloutPreview, due: string | null): string {
  if (finish === null) return '**It would not finish** within 400 windows.';
  const day = finish.slice(0, 10);
  const end = `Finished on ${escapeMarkdown(finish)} at the earliest`;
  if (due === null) return `${end}.`;
  return day <= due
    ? `${end}, in time for ${escapeMarkdown(due)}.`
    : `${end}, **after the deadline** of ${escapeMarkdown(due)}.`;
}

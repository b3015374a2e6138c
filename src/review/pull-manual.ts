import type { NewPull } from '../ports/forge.ts';
import { inlineCode } from '../util/markdown.ts';
import { printable } from '../util/printable.ts';
import { boundedBody, boundedTitle, lines } from './bounded.ts';

export interface ManualFacts {
  readonly kind: NewPull['kind'];
  readonly scope: string;
  readonly branch: string;
  readonly head: string;
  readonly title: string;
  readonly at: string;
  readonly contentDigest: string;
  readonly paths: readonly { readonly path: string; readonly change: string }[];
}

/** A pull request for a branch that a person wrote. The branch itself stays where it is. */
export const manualPull = ({ paths, title, ...facts }: ManualFacts): NewPull => ({
  ...facts,
  title: boundedTitle(printable(title.replace(/\s+/g, ' ').trim())) || facts.branch,
  expectedBranch: facts.head,
  body: boundedBody((most) => {
    const all = { one: 'more path', where: 'the commits have them all' };
    const changed = lines(paths, ({ path, change }) => `- ${change} ${inlineCode(path)}`, most, all);
    return `${changed}\n\n**Content digest:** ${inlineCode(facts.contentDigest)}\n`;
  }),
});

import type { NewPull } from '../ports/forge.ts';
import { inlineCode } from '../util/markdown.ts';

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
  title: title.replace(/\s+/g, ' ').trim().slice(0, 200) || facts.branch,
  expectedBranch: facts.head,
  body: [
    ...paths.map(({ path, change }) => `- ${change} ${inlineCode(path)}`),
    '',
    `**Content digest:** ${inlineCode(facts.contentDigest)}`,
    '',
  ].join('\n'),
});

import type { Octokit } from 'octokit';
import type { HostedChange, HostedMerge, HostedPull } from './hosted-api.ts';
import type { RestPull } from './hosted-api-forms.ts';

/** Where a forge has forms of its own. */
export interface OwnForms {
  /** @param rest what it answered about one pull request alone, which may be less true than in a list */
  readonly alone?: (rest: RestPull, pull: HostedPull) => HostedPull;
  readonly change?: (change: HostedChange) => object;
}

/** How requests are made, and how what comes back is read. */
export interface OctokitCalls {
  readonly kind: 'github' | 'gitea';
  readonly octokit: Octokit;
  readonly at: { readonly owner: string; readonly repo: string };
  /** For writes: no repetition. */
  readonly once: { readonly request: { readonly retries: 0 } };
  readonly own: OwnForms;
  read<T>(request: () => Promise<T>): Promise<T>;
  write<T>(request: () => Promise<T>): Promise<T>;
  pullOf(rest: RestPull): HostedPull;
  /** @param rest the answer about one pull request alone */
  alone(rest: RestPull): HostedPull;
  mergeOf(number: number): Promise<HostedMerge>;
}

/** What was asked, or why there is no answer: nobody tells it there, or it was not told to us now. */
export type Told<T> =
  | { readonly value: T }
  | { readonly why: string; readonly because: 'not-told' | 'not-answered' };

export interface RequiredCheck {
  readonly context: string;
  /** Whether only one app may post it. */
  readonly pinned: boolean;
}

/** All rules that a forge has for one branch, taken together: the strictest of each counts. */
export interface BranchRules {
  readonly protected: Told<boolean>;
  readonly pullRequests: Told<boolean>;
  /** Reviews that approve; 0: none is needed. */
  readonly approvals: Told<number>;
  readonly staleDismissed: Told<boolean>;
  readonly checks: Told<readonly RequiredCheck[]>;
  readonly forcePushForbidden: Told<boolean>;
  readonly deletionForbidden: Told<boolean>;
  /** Administrators included. */
  readonly nobodyBypasses: Told<boolean>;
  /** Whether the account that asks can land something without a pull request. */
  readonly botBypasses: Told<boolean>;
  /** Whether that account can push to the branch. */
  readonly botMayPush: Told<boolean>;
}

/** What a token may do, in the words of its forge. */
export type Grants =
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'permissions'; readonly permissions: Readonly<Record<string, string>> };

export interface ForgeFacts {
  /** The forge's clock minus ours, in seconds; 0 where the call was too slow to tell, null where it does not say. */
  readonly skewSeconds: number | null;
  /** `account` is `<forge>:<number>`. */
  readonly account: Told<{ readonly login: string; readonly account: string }>;
  readonly grants: Told<Grants>;
  /** RFC 3339 UTC; null where the token has no end, or none is told. */
  readonly expiresAt: string | null;
  readonly repository: Told<{ readonly public: boolean; readonly push: boolean }>;
  /** Whether it merges by itself what it was asked to, where the rules of the branch are met. */
  readonly autoMerge: Told<boolean>;
  readonly base: BranchRules;
  readonly evidence: BranchRules;
}

/** `silent`: no answer, or only a limit or failure of its own. `refused`: the token is wrong or has expired. */
export type Inspection =
  | { readonly kind: 'silent' | 'refused'; readonly why: string }
  | { readonly kind: 'asked'; readonly facts: ForgeFacts };

/** Looks at how a forge is set up. Reads only. */
export interface ForgeInspector {
  /** @param branches names without `refs/heads/` */
  inspect(branches: { readonly base: string; readonly evidence: string }): Promise<Inspection>;
}

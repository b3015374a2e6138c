import type { Answer } from './answers.ts';
import type { GitBackend, GitPerson } from './backend.ts';
import type { App, Protection, Role, State, Token, User } from './state.ts';
import type { World } from './world.ts';

/** The requests of a route, with what is known of who asks. */
export interface Call {
  readonly world: Settings;
  readonly state: State;
  readonly git: GitBackend;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** Milliseconds. */
  readonly now: number;
  /** The same moment, ISO 8601. */
  readonly at: string;
  /** Root of the API, without a slash at the end. */
  readonly api: string;
  /** Address that was asked for, to which links of pages are made. */
  readonly url: URL;
  /** Items that slipped past between two pages; see the faults. */
  readonly shift: number;
}

// Bodies are held to the description before a route sees them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = Readonly<Record<string, any>>;

export interface Actor {
  readonly user: User;
  readonly token: Token | null;
  /** Set when the app itself asks, with its JSON Web Token. */
  readonly asApp?: App;
}

/** The world as it was set up; what may change while a test runs is in the state. */
export interface Settings extends Omit<World, 'users' | 'tokens' | 'apps' | 'protection' | 'teams'> {
  readonly tokens: Map<string, Token>;
  readonly apps: readonly App[];
  readonly protection: Map<string, Protection>;
  readonly teams: Map<string, { readonly id: number; readonly logins: Set<string> }>;
  /** Repositories in pull requests carry only what a client needs; set when nothing is validated. */
  readonly slim: boolean;
}

export interface Route {
  readonly operation: string;
  /** Least role of a person; GitHub's page of roles says which. */
  readonly role?: Role;
  /** Permissions of an app or a fine-grained token, any of which is enough, as `resource:level`. */
  readonly permissions?: readonly string[];
  readonly run: (call: Call) => Answer | Promise<Answer>;
}

export const nextId = (state: State): number => state.nextId++;

export function userById(state: State, id: number): User {
  return state.users.find((one) => one.id === id) ?? ghost;
}

/** @see https://docs.github.com/en/account-and-profile/concepts/account-management */
const ghost: User = { id: 10137, login: 'ghost', type: 'User', role: null };

export function userByLogin(state: State, login: string): User | undefined {
  return state.users.find((one) => one.login.toLowerCase() === login.toLowerCase());
}

/** The identity GitHub gives commits that it makes for somebody. */
export function gitPerson(user: User, at: string): GitPerson {
  return { name: user.login, email: `${user.id}+${user.login}@users.noreply.github.com`, date: at };
}

/** Slug of the app that acts, for the fields that name it. */
export const appOf = (actor: Actor): string | null => actor.token?.app ?? null;

import { actorOf, type GitAccess, gitAccess, permit, secretOf } from './access.ts';
import { type Answer, isoOf, ok, Refusal } from './answers.ts';
import { type Actor, type Call, type Settings, userById, userByLogin } from './call.ts';
import { ContractViolation, checkRequest, checkResponse, operationOf } from './contract.ts';
import { dropped, type Fault } from './faults.ts';
import { graphql } from './graphql.ts';
import { githubLimits, RateLimiter } from './limits.ts';
import { refusalAnswer, replyTo } from './reply.ts';
import { type Found, routeFor } from './routes.ts';
import type { LogEntry, StandIn, StandInOptions } from './stand-in.ts';
import type { State } from './state.ts';
import { mergeWhatIsReady, takeInPushes } from './sync.ts';
import { newState, settingsOf } from './world.ts';

const API = 'https://api.github.com';

/** One repository's worth of GitHub; see `githubStandIn`. */
export class Hub implements StandIn {
  readonly log: LogEntry[] = [];
  readonly violations: ContractViolation[] = [];
  readonly state: State;
  readonly world: Settings;
  readonly limiter: RateLimiter;
  readonly #options: StandInOptions;
  readonly #past: State[] = [];
  #asked = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: StandInOptions) {
    this.#options = options;
    this.state = newState(options.world);
    this.world = settingsOf(options.world, this.state, options.validate === false);
    this.limiter = new RateLimiter({ ...githubLimits, ...options.limits });
  }

  handle(request: Request): Promise<Response> {
    return this.#inTurn(() => this.#answer(request));
  }

  pushedBy(login: string): Promise<void> {
    const user = userByLogin(this.state, login);
    if (!user) throw new Error(`the world has no user ${login}; add it to users`);
    return this.#inTurn(async () => {
      await this.#takeIn({ user, token: null }, new URL(API));
    });
  }

  whoHas(authorization: string | null): GitAccess {
    const actor = actorOf(this.world, this.state, secretOf(authorization), this.#options.now());
    if (!actor) throw new Refusal(401, 'Requires authentication');
    return gitAccess(this.world, actor);
  }

  /** One after the other, so that two requests never see each other half done. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #answer(request: Request): Promise<Response> {
    const index = this.#asked++;
    const at = this.#options.now();
    const fault = this.#options.fault?.(request, index) ?? 'none';
    const { pathname, search } = new URL(request.url);
    const entry = { index, method: request.method, path: pathname + search, at };
    const note = (
      status: number,
      done: number | null,
      user: string | null,
      operation: string | null,
    ): void => {
      this.log.push({ ...entry, status, done, user, operation });
    };
    if (fault !== 'none' && 'before' in fault) {
      note(fault.before === 'drop' ? 0 : fault.before.status, null, null, null);
      if (fault.before === 'drop') throw dropped();
      return fault.before;
    }
    const done = await this.#work(request, index, at, fault);
    const sent = fault !== 'none' && 'after' in fault ? fault.after : done.response;
    note(
      sent === 'drop' ? 0 : sent.status,
      done.response.status,
      done.actor?.user.login ?? null,
      done.operation,
    );
    if (sent === 'drop') throw dropped();
    return sent;
  }

  async #work(
    request: Request,
    index: number,
    now: number,
    fault: Fault,
  ): Promise<{ response: Response; actor: Actor | undefined; operation: string }> {
    const url = new URL(request.url);
    const found = this.#find(request.method, url);
    const operation = found === 'graphql' ? 'graphql' : found.route.operation;
    let actor: Actor | undefined;
    let answer: Answer;
    try {
      actor = actorOf(this.world, this.state, secretOf(request.headers.get('authorization')), now);
      answer = await this.#run(request, url, found, actor, now, fault);
    } catch (error) {
      if (error instanceof ContractViolation) this.violations.push(error);
      if (!(error instanceof Refusal)) throw error;
      answer = refusalAnswer(error, found === 'graphql' ? 'https://docs.github.com/graphql' : docsOf(found));
    }
    const response = replyTo(request, answer, { now, index, limiter: this.limiter, actor });
    if (found !== 'graphql')
      this.#check(() => checkResponse(operation, response.status, answer.body ?? null));
    return { response, actor, operation };
  }

  #find(method: string, url: URL): Found | 'graphql' {
    const path = url.pathname.replace(/^\/api\/v3(?=\/)/, '');
    if (method === 'POST' && /^(\/api)?\/graphql$/.test(path)) return 'graphql';
    const found = routeFor(method, path);
    if (found) return found;
    const violation = new ContractViolation(`${method} ${path}: the stand-in doesn't have this`);
    this.violations.push(violation);
    throw violation;
  }

  #check(work: () => void): void {
    if (this.#options.validate === false) return;
    try {
      work();
    } catch (error) {
      if (error instanceof ContractViolation) this.violations.push(error);
      throw error;
    }
  }

  async #run(
    request: Request,
    url: URL,
    found: Found | 'graphql',
    actor: Actor | undefined,
    now: number,
    fault: Fault,
  ): Promise<Answer> {
    if (found !== 'graphql' && found.route.operation === 'rate-limit/get') return this.#rates(actor, now);
    const writes = request.method !== 'GET';
    // Tokens are no content, so they don't count as such. App tokens are asked for by the app, not by its bot.
    if (actor && !actor.asApp) this.limiter.take(actor.user.login, writes, now);
    const route = found === 'graphql' ? { operation: 'graphql', run: graphql } : found.route;
    const params = found === 'graphql' ? {} : found.params;
    const permitted = permit(this.world, route, actor);
    this.#sameRepository(params);
    const text = await request.text();
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    if (found !== 'graphql') {
      const seen = { params, query: url.searchParams, body };
      if (this.#options.validate !== false) checkRequest(route.operation, seen);
    }
    await this.#takeIn(this.#nobody(), url);
    const state = this.#seen(fault, writes);
    const shift = fault !== 'none' && 'shift' in fault ? fault.shift : 0;
    const call = { ...this.#call(permitted, url, state), params, body: body ?? {}, shift };
    const answer = await route.run(call);
    if (writes) await this.#settle(call);
    return answer;
  }

  /** Another repository or organisation than the world's doesn't exist. */
  #sameRepository({ owner, repo }: Readonly<Record<string, string>>): void {
    const { world } = this;
    const other = (a: string | undefined, b: string): boolean =>
      a !== undefined && a.toLowerCase() !== b.toLowerCase();
    if (other(owner, world.owner) || other(repo, world.repo)) throw new Refusal(404, 'Not Found');
  }

  #call(actor: Actor, url: URL, state: State): Call {
    const now = this.#options.now();
    const api =
      url.origin === API ? API : `${url.origin}${url.pathname.startsWith('/api/v3/') ? '/api/v3' : ''}`;
    const query = url.searchParams;
    const git = this.#options.backend;
    return {
      world: this.world,
      state,
      git,
      actor,
      params: {},
      query,
      body: {},
      now,
      at: isoOf(now),
      api,
      url,
      shift: 0,
    };
  }

  #nobody(): Actor {
    return { user: userById(this.state, -1), token: null };
  }

  async #takeIn(actor: Actor, url: URL): Promise<void> {
    const call = this.#call(actor, url, this.state);
    if (await takeInPushes(call)) this.#remember();
    await mergeWhatIsReady(call);
  }

  async #settle(call: Call): Promise<void> {
    await takeInPushes(call);
    await mergeWhatIsReady(call);
    this.#remember();
  }

  #remember(): void {
    const kept = this.#options.history ?? 0;
    if (kept === 0) return;
    this.#past.push(structuredClone(this.state));
    if (this.#past.length > kept + 1) this.#past.shift();
  }

  /** The newest kept moment is the present, so one change ago is the one before it. */
  #seen(fault: Fault, writes: boolean): State {
    if (fault === 'none' || !('stale' in fault) || writes) return this.state;
    return this.#past.at(-1 - fault.stale) ?? this.#past[0] ?? this.state;
  }

  #rates(actor: Actor | undefined, now: number): Answer {
    if (!actor) throw new Refusal(401, 'Requires authentication');
    const core = this.limiter.show(actor.user.login, now);
    return ok({
      rate: core,
      resources: { core, search: { ...core, limit: 30, remaining: 30, used: 0 }, graphql: core },
    });
  }
}

const docsOf = (found: Found): string => operationOf(found.route.operation).docs;

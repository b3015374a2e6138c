import { type Fault as HubFault, unavailable } from '../../support/github/faults.ts';
import type { Rng } from '../rng.ts';
import type { Schedule } from '../schedule.ts';
import { type CallLayer, never, type Process } from './calls.ts';
import type { ApiFault, ApiTarget } from './scenario.ts';

export interface HttpDeps {
  readonly schedule: Schedule;
  readonly rng: Rng;
  readonly layer: CallLayer;
  readonly pageSize: number;
  /** Passes a request on to the forge, with what goes wrong in it. */
  readonly handle: (request: Request, fault: HubFault, by: Process) => Promise<Response>;
  readonly asked: (by: Process, method: string, path: string) => void;
  /** An answer as it reaches the process; `exact`: nothing of it is old or shifted. */
  readonly answered: (
    by: Process,
    request: Request,
    status: number,
    text: string,
    exact: boolean,
    at: number,
  ) => void;
  readonly limited: (by: Process, until: number) => void;
}

interface Kept {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What the forge's front keeps between processes: how long the bot is limited, and its earlier answers. */
export interface Front {
  limitedUntil: number;
  limitKind: ApiFault | null;
  readonly answers: Map<string, Kept>;
}

export const newFront = (): Front => ({ limitedUntil: 0, limitKind: null, answers: new Map() });

const READ_ONLY: readonly ApiFault[] = ['stale', 'shift', 'old-answer'];
const LIMITS: readonly ApiFault[] = [
  'primary-limit',
  'secondary-limit',
  'secondary-limit-silent',
  'too-many-requests',
];

/** `fetch` of one process, over the virtual clock. */
export function fetchOf(deps: HttpDeps, front: Front, by: Process): typeof fetch {
  const { schedule, rng, layer } = deps;
  return (input, init) => {
    if (!by.alive) return never();
    const url = new URL(String(input));
    // Many pages of few items instead of few of many.
    if (url.searchParams.has('per_page')) url.searchParams.set('per_page', String(deps.pageSize));
    const request = requestOf(url, init);
    const targets = targetsOf(request.method, url);
    const fault = layer.take(
      by,
      'api',
      (f) =>
        f.on === 'api' &&
        targets.includes(f.target) &&
        (request.method === 'GET' || !READ_ONLY.includes(f.kind)) &&
        (f.kind !== 'old-answer' || front.answers.has(url.href)) &&
        (f.kind !== 'shift' || url.searchParams.has('page')),
    );
    const kind = fault?.on === 'api' ? fault.kind : undefined;
    const size = fault?.on === 'api' ? fault.size : 0;
    deps.asked(by, request.method, url.pathname + url.search);
    if (kind === 'crash-before') {
      layer.crash(by);
      return never();
    }
    const lead = kind === 'slow' ? rng.int(5_000, 60_000) : rng.int(10, 150);
    return new Promise<Response>((resolve, reject) => {
      schedule.at(schedule.now() + lead, () => {
        const at = schedule.now();
        const work = async (): Promise<Kept | undefined> => {
          if (kind === 'old-answer') return front.answers.get(url.href);
          const response = await deps.handle(request, hubFault(kind, size), by).catch((error: unknown) => {
            // Only a dropped connection is part of the play.
            if (!(error instanceof TypeError) || error.message !== 'fetch failed') throw error;
            return undefined;
          });
          if (!response) return undefined;
          const text = await response.text();
          return { status: response.status, headers: Object.fromEntries(response.headers), text };
        };
        schedule.hold(
          (async () => {
            const limit = limitOf(front, kind, size, at);
            const kept = limit ?? (await work());
            await layer.served(targets);
            if (kept?.status === 200 && kind === undefined) front.answers.set(url.href, kept);
            if (kind === 'crash-after') return layer.crash(by);
            layer.answer(by, rng.int(5, 100), () => {
              const exact = kind !== 'stale' && kind !== 'shift' && kind !== 'old-answer';
              deps.answered(by, request, kept?.status ?? 0, kept?.text ?? '', exact, at);
              if (kept && [403, 429].includes(kept.status)) tellLimit(deps, by, kept);
              if (!kept) return reject(new TypeError('fetch failed', { cause: new Error('ECONNRESET') }));
              resolve(responseOf(kept));
            });
          })(),
        );
      });
    });
  };
}

/** As much of a request and of an answer as both ends look at: whole ones would take most of the time. */
function requestOf(url: URL, init: RequestInit | undefined): Request {
  const headers = (init?.headers ?? {}) as Readonly<Record<string, string>>;
  const light = {
    url: url.href,
    method: init?.method ?? 'GET',
    headers: { get: (name: string) => headers[name] ?? null },
    text: async () => String(init?.body ?? ''),
  };
  return light as unknown as Request;
}

function responseOf({ status, headers, text }: Kept): Response {
  const light = { url: '', status, headers: new Map(Object.entries(headers)), text: async () => text };
  return light as unknown as Response;
}

function targetsOf(method: string, url: URL): readonly ApiTarget[] {
  const end = url.pathname.split('/').at(-1) ?? '';
  if (method === 'GET') {
    const pages: ApiTarget[] = url.searchParams.has('page') ? ['next-page'] : [];
    if (/^\d+$/.test(end)) return ['any', 'read', 'one'];
    if (end !== 'pulls') return ['any', 'read', ...pages];
    return ['any', 'read', url.searchParams.has('head') ? 'branch' : 'list', ...pages];
  }
  if (method === 'PATCH') return ['any', 'write', 'update'];
  return ['any', 'write', end === 'pulls' ? 'create' : 'comment'];
}

function hubFault(kind: ApiFault | undefined, size: number): HubFault {
  switch (kind) {
    case '502-after':
      return { after: unavailable(502) };
    case '504-after':
      return { after: unavailable(504) };
    case '502-before':
      return { before: unavailable(502) };
    case 'drop-before':
      return { before: 'drop' };
    case 'drop-after':
      return { after: 'drop' };
    case 'stale':
      return { stale: size };
    case 'shift':
      return { shift: size % 2 === 0 ? 1 : -1 };
    default:
      return 'none';
  }
}

/** A limit once begun holds until its end, for whoever asks with the account of the bot. */
function limitOf(front: Front, kind: ApiFault | undefined, size: number, now: number): Kept | undefined {
  if (kind !== undefined && LIMITS.includes(kind)) {
    front.limitKind = kind;
    front.limitedUntil = now + size * 1000;
  }
  if (front.limitKind === null || now >= front.limitedUntil) {
    front.limitKind = null;
    return undefined;
  }
  const left = Math.ceil((front.limitedUntil - now) / 1000);
  const json = {
    'content-type': 'application/json; charset=utf-8',
    date: new Date(now).toUTCString(),
  };
  const primary = front.limitKind === 'primary-limit';
  const text = JSON.stringify({
    message: primary ? 'API rate limit exceeded for user' : 'You have exceeded a secondary rate limit.',
  });
  const reset = {
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil(front.limitedUntil / 1000)),
  };
  switch (front.limitKind) {
    case 'primary-limit':
      return { status: 403, headers: { ...json, ...reset }, text };
    case 'secondary-limit':
      return { status: 403, headers: { ...json, 'retry-after': String(left) }, text };
    case 'too-many-requests':
      return { status: 429, headers: { ...json, 'retry-after': String(left) }, text };
    default:
      return { status: 403, headers: json, text };
  }
}

/** Until when a process was asked to be silent; without a time it is a minute. */
function tellLimit(deps: HttpDeps, by: Process, { headers, text, status }: Kept): void {
  const now = deps.schedule.now();
  const after = headers['retry-after'];
  if (after !== undefined) return deps.limited(by, now + Number(after) * 1000);
  if (headers['x-ratelimit-remaining'] === '0')
    return deps.limited(by, Number(headers['x-ratelimit-reset']) * 1000);
  if (status === 429 || /rate limit/i.test(text)) deps.limited(by, now + 60_000);
}

import { notFound } from './answers.ts';
import type { Route } from './call.ts';
import { operationOf } from './contract.ts';
import { adminRoutes } from './routes-admin.ts';
import { checkRoutes } from './routes-checks.ts';
import { issueRoutes } from './routes-issues.ts';
import { peopleRoutes } from './routes-people.ts';
import { pullRoutes } from './routes-pulls.ts';
import { repoRoutes } from './routes-repo.ts';
import { reviewRoutes } from './routes-reviews.ts';

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const routes: readonly Route[] = [
  ...pullRoutes,
  ...reviewRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...repoRoutes,
  ...peopleRoutes,
  ...adminRoutes,
  // It costs nothing. https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user
  {
    operation: 'rate-limit/get',
    run: () => {
      throw notFound();
    },
  },
];

interface Compiled {
  readonly route: Route;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Names of branches and refs may hold slashes; nothing else does. */
const long = new Set(['ref', 'branch']);

function compile(route: Route): Compiled {
  const { method, path } = operationOf(route.operation);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((one) => one[1] ?? '');
  const pattern = path.replace(/\{(\w+)\}/g, (_, name: string) => (long.has(name) ? '(.+)' : '([^/]+)'));
  return { route, method, names, pattern: new RegExp(`^${pattern}$`) };
}

let table: readonly Compiled[] | undefined;

/** @param path of the API, still encoded. */
export function routeFor(method: string, path: string): Found | undefined {
  table ??= routes.map(compile);
  // A longer path is the more exact one: `…/branches/{branch}/protection` before `…/branches/{branch}`.
  const found = table
    .filter((one) => one.method === method && one.pattern.test(path))
    .sort((a, b) => b.pattern.source.length - a.pattern.source.length)[0];
  if (!found) return undefined;
  const values = found.pattern.exec(path)?.slice(1) ?? [];
  return {
    route: found.route,
    params: Object.fromEntries(
      found.names.map((name, index) => [name, decodeURIComponent(values[index] ?? '')]),
    ),
  };
}

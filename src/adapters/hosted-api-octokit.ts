import type { HostedApi, HostedMerge, HostedPull } from './hosted-api.ts';
import type { OctokitCalls, OwnForms } from './hosted-api-calls.ts';
import { checksApi } from './hosted-api-checks.ts';
import { authenticate, connect, type OctokitDeps, type OctokitPlace } from './hosted-api-connect.ts';
import { hostedPull, type RestPull } from './hosted-api-forms.ts';
import { issuesApi } from './hosted-api-issues.ts';
import { pullsApi } from './hosted-api-pulls.ts';
import { failureOf } from './hosted-failure.ts';

/**
 * What GitHub and Gitea have in common. Reads are repeated after a 5xx (they do nothing), writes never: whether one
 * happened is looked at before it is tried again. No answer waits out a limit; the pace remembers it instead.
 */
export function octokitApi(
  kind: 'github' | 'gitea',
  place: OctokitPlace,
  deps: OctokitDeps,
  own: OwnForms = {},
) {
  const { owner, repo } = place;
  const at = { owner, repo };
  const octokit = authenticate(new (connect(place, deps))(), deps.token);
  const asked = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw failureOf(error, deps.clock.now());
    }
  };
  const read = <T>(request: () => Promise<T>): Promise<T> => deps.pace.read(() => asked(request));
  const write = <T>(request: () => Promise<T>): Promise<T> => deps.pace.write(() => asked(request));
  const pullOf = (pull: RestPull): HostedPull => hostedPull(pull, `${owner}/${repo}`);
  const alone = (rest: RestPull): HostedPull => own.alone?.(rest, pullOf(rest)) ?? pullOf(rest);
  const mergeOf = async (number: number): Promise<HostedMerge> => {
    const which = { ...at, pull_number: number };
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', which);
    const { id = 0, login: mergerName = '' } = data.merged_by ?? {};
    return { pull: alone(data), merger: `${kind}:${id}`, mergerName };
  };
  const once = { request: { retries: 0 } } as const;
  const calls: OctokitCalls = { kind, octokit, at, once, own, read, write, pullOf, alone, mergeOf };
  let login: string | undefined;
  const api = {
    login: async () => {
      login ??= await read(async () => (await octokit.request('GET /user')).data.login);
      return login;
    },
    ...pullsApi(calls),
    ...issuesApi(calls),
    ...checksApi(calls),
  } satisfies HostedApi;
  return { api, ...calls };
}

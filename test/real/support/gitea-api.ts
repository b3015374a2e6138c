/** What a forge answered. */
export interface Answer {
  readonly status: number;
  /** JSON, or the text where it is none; null when it is empty. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** What a pull request or issue of Gitea has, as far as tests use it by name. */
export interface GiteaPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly merged: boolean;
  readonly merged_at: string | null;
  /** Computed some time after a change: false until then, and with a conflict. */
  readonly mergeable: boolean;
}

/** The sentence of an answer that refuses; empty when it has none. */
export const messageOf = ({ body }: Answer): string =>
  (body as { readonly message?: string } | null)?.message ?? '';

/** Calls an API as one account. The path begins with `/`; a body is sent as JSON. Every status is an answer. */
export type Api = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Gitea's own. @param authorization value of the header of that name; undefined calls as nobody */
export const createApi = (url: string, authorization?: string): Api =>
  jsonApi(`${url}/api/v1`, authorization);

/** @param root of the API, no slash at the end @param authorization as of {@link createApi} */
export const jsonApi =
  (root: string, authorization?: string): Api =>
  async (method, path, body) => {
    const response = await fetch(`${root}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text), headers: response.headers };
  };

/** For calls that must succeed. @returns the body, which the caller says the type of */
export async function must<T>(answer: Promise<Answer>): Promise<T> {
  const { status, body } = await answer;
  if (status >= 200 && status < 300) return body as T;
  throw new Error(`the forge answered ${status}: ${JSON.stringify(body)}`);
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const basic = (user: string, secret: string): string =>
  `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

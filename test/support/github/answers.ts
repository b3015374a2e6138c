/** What a route gives back; a list is cut into pages by `page`. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in GitHub's own form. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors?: readonly unknown[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource */
export const notFound = (): Refusal => new Refusal(404, 'Not Found');

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
export function invalid(resource: string, field: string, code = 'invalid', value?: string): Refusal {
  return new Refusal(422, 'Validation Failed', [{ resource, field, code, ...(value ? { value } : {}) }]);
}

/** A rule that has a sentence of its own instead of a field's code. */
export function custom(resource: string, message: string, field?: string): Refusal {
  return new Refusal(422, 'Validation Failed', [
    { resource, ...(field ? { field } : {}), code: 'custom', message },
  ]);
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const nothing = (): Answer => ({ status: 204 });

/** @returns ISO 8601 in whole seconds, as GitHub writes times. */
export const isoOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: object;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly docs: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly required: boolean; readonly schema: object };
  readonly responses: Readonly<Record<string, object | null>>;
}

interface Cut {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly schemas: Readonly<Record<string, object>>;
}

/** What a request or a response has that GitHub's published description doesn't allow. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
}

const ROOT = 'https://api.github.com/openapi';
const file = new URL('../../fixtures/github/openapi-cut.json', import.meta.url);
const cut = cached(() => JSON.parse(readFileSync(file, 'utf8')) as Cut);

/** Answers that any endpoint may give, whether its own page lists them or not. */
const common = new Set([400, 401, 403, 404, 422, 429, 500, 502, 503, 504]);

function cached<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}

const compiler = cached(() => {
  const ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false, logger: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: ROOT, schemas: cut().schemas });
  const made = new Map<string, ValidateFunction>();
  return (key: string, schema: object): ValidateFunction => {
    const known = made.get(key);
    if (known) return known;
    const compiled = ajv.compile(rooted(schema));
    made.set(key, compiled);
    return compiled;
  };
});

/** References of the cut point into its own root. */
function rooted(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/schemas/', `"${ROOT}#/schemas/`)) as object;
}

function check(operationId: string, part: string, schema: object, value: unknown): void {
  const validate = compiler()(`${operationId}-${part}`, schema);
  if (validate(value)) return;
  const found = (validate.errors ?? []).map(
    (one) => `${one.instancePath || '/'} ${one.keyword}: ${one.message} ${JSON.stringify(one.params)}`,
  );
  throw new ContractViolation(`${operationId} ${part}: ${found.slice(0, 5).join('; ')}`);
}

/** Query strings carry text only, so a number or a boolean is tried as what it looks like. */
function typed(schema: object, text: string): unknown {
  const { type } = schema as { type?: string };
  if (type === 'integer' || type === 'number') return text.trim() === '' ? text : Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

export interface SeenRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** @throws ContractViolation for an unknown parameter or property as well: GitHub ignores them, which hides slips. */
export function checkRequest(operationId: string, request: SeenRequest): void {
  const operation = operationOf(operationId);
  for (const [name, text] of request.query) {
    const known = operation.parameters.find((one) => one.in === 'query' && one.name === name);
    if (!known)
      throw new ContractViolation(`${operationId} query: ${name} additionalProperties: not described`);
    check(operationId, `query-${name}`, known.schema, typed(known.schema, text));
  }
  for (const one of operation.parameters)
    if (one.in === 'path')
      check(operationId, `path-${one.name}`, one.schema, typed(one.schema, request.params[one.name] ?? ''));
    else if (one.required && !request.query.has(one.name))
      throw new ContractViolation(`${operationId} query: ${one.name} required`);
  checkBody(operationId, operation, request.body);
}

function checkBody(operationId: string, operation: Operation, body: unknown): void {
  const expected = operation.body;
  if (!expected) {
    if (body !== undefined && Object.keys(body as object).length > 0)
      throw new ContractViolation(`${operationId} body: / additionalProperties: takes no body`);
    return;
  }
  if (body === undefined) {
    if (expected.required) throw new ContractViolation(`${operationId} body: / required`);
    return;
  }
  check(operationId, 'body', expected.schema, body);
  const { properties, oneOf, anyOf } = expected.schema as Record<string, object | undefined>;
  if (!properties || oneOf || anyOf || Array.isArray(body)) return;
  for (const key of Object.keys(body as object))
    if (!Object.hasOwn(properties, key))
      throw new ContractViolation(`${operationId} body: /${key} additionalProperties: not described`);
}

export function checkResponse(operationId: string, status: number, body: unknown): void {
  const { responses } = operationOf(operationId);
  const schema = responses[String(status)];
  if (schema) return check(operationId, `response-${status}`, schema, body);
  if (schema === null || status === 304) return;
  if (!common.has(status))
    throw new ContractViolation(`${operationId} response: status ${status} is not described`);
  check(operationId, `response-${status}`, { $ref: '#/schemas/basic-error' }, body);
}

export function operationOf(operationId: string): Operation {
  const found = cut().operations[operationId];
  if (!found)
    throw new ContractViolation(`${operationId}: not in the cut; add it to test/real/github/operations.mjs`);
  return found;
}

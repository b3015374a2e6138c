/** Words for people and for GitHub's own generators; none of them decides what is valid. */
const prose = new Set([
  'description',
  'title',
  'example',
  'examples',
  'default',
  'deprecated',
  'readOnly',
  'externalDocs',
]);
const byCodePoint = ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0);

function pointed(description, pointer) {
  return pointer
    .slice(2)
    .split('/')
    .reduce((node, part) => node[part.replaceAll('~1', '/').replaceAll('~0', '~')], description);
}

/** JSON Schema has no `nullable`: null becomes a member of the type, of the enum, or an alternative. */
function withNull(schema) {
  const { nullable, ...rest } = schema;
  if (nullable !== true) return rest;
  const listed = rest.enum && !rest.enum.includes(null) ? { enum: [...rest.enum, null] } : {};
  if (typeof rest.type === 'string' && !rest.allOf && !rest.anyOf && !rest.oneOf)
    return { ...rest, ...listed, type: [rest.type, 'null'] };
  return { anyOf: [rest, { type: 'null' }] };
}

/** @param keep called with the name of each schema that is referred to. */
function trimmed(schema, keep) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1);
    keep(name);
    return { $ref: `#/schemas/${name}` };
  }
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (prose.has(key) || key.startsWith('x-')) continue;
    if (key === 'properties')
      out.properties = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, trimmed(v, keep)]));
    else if (['allOf', 'anyOf', 'oneOf'].includes(key)) out[key] = value.map((one) => trimmed(one, keep));
    else if (['items', 'not'].includes(key)) out[key] = trimmed(value, keep);
    else if (key === 'additionalProperties' && typeof value === 'object') out[key] = trimmed(value, keep);
    else out[key] = value;
  }
  return withNull(out);
}

function operationOf(description, path, method, operation, keep) {
  const whole = (node) => (node.$ref ? pointed(description, node.$ref) : node);
  const jsonOf = (node) => node.content?.['application/json']?.schema;
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const schema = jsonOf(whole(response));
    return [status, schema ? trimmed(schema, keep) : null];
  });
  const body = operation.requestBody && whole(operation.requestBody);
  return {
    method: method.toUpperCase(),
    path,
    docs: operation.externalDocs.url,
    parameters: (operation.parameters ?? [])
      .map(whole)
      .filter((one) => one.in !== 'header')
      .map((one) => ({
        name: one.name,
        in: one.in,
        ...(one.required ? { required: true } : {}),
        schema: trimmed(one.schema, keep),
      })),
    ...(body && jsonOf(body)
      ? { body: { required: body.required === true, schema: trimmed(jsonOf(body), keep) } }
      : {}),
    responses: Object.fromEntries(responses),
  };
}

/**
 * Where the description says less than the documentation pages: closed, reopened, merged and the like are events of an
 * issue (https://docs.github.com/en/rest/using-the-rest-api/issue-event-types#closed), of which the listing's schema
 * knows nothing.
 */
function corrected(schemas) {
  const events = schemas['issue-event-for-issue'];
  const plain = { $ref: '#/schemas/state-change-issue-event' };
  if (!events?.anyOf || events.anyOf.some((one) => one.$ref === plain.$ref)) return schemas;
  return { ...schemas, 'issue-event-for-issue': { ...events, anyOf: [...events.anyOf, plain] } };
}

/** @returns the named operations and every schema they lead to, in JSON Schema, without prose. */
export function cutDescription(description, operationIds) {
  const wanted = new Set(operationIds);
  const operations = [];
  const names = new Set(['basic-error', 'validation-error', 'validation-error-simple']);
  const keep = (name) => names.add(name);
  for (const [path, methods] of Object.entries(description.paths))
    for (const [method, operation] of Object.entries(methods))
      if (wanted.delete(operation.operationId))
        operations.push([operation.operationId, operationOf(description, path, method, operation, keep)]);
  if (wanted.size > 0) throw new Error(`the description has no operation ${[...wanted].join(', ')}`);
  const schemas = {};
  // A set is walked in the order of insertion, so names found on the way are walked as well.
  for (const name of names) schemas[name] = trimmed(description.components.schemas[name], keep);
  return {
    operations: Object.fromEntries(operations.sort(byCodePoint)),
    schemas: Object.fromEntries(Object.entries(corrected(schemas)).sort(byCodePoint)),
  };
}

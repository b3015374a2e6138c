const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none'];

/**
 * The rules by their METADATA, sorted by id: `{id, title, description, severity, remediation, reads, path, line}`,
 * `line` being that of `package`, between METADATA and the rule.
 * `inspected` is what `opa inspect -a` says; `texts` maps each source path to its text. Also every way in which the
 * sources break the house rules, as sentences.
 */
export function catalogue(inspected, texts) {
  const problems = [];
  const annotated = new Map();
  for (const { annotations, location, path } of inspected.annotations) {
    if (annotations.scope !== 'package') continue;
    annotated.set(path.map((part) => part.value).join('.'), {
      ...annotations,
      file: location.file,
      line: location.row,
    });
  }
  const rules = [];
  for (const [name, files] of Object.entries(inspected.namespaces)) {
    if (name.endsWith('_test')) continue;
    const meta = annotated.get(name);
    const file = files[0];
    for (const key of ['title', 'description'])
      if (!meta?.[key]) problems.push(`${file}: package ${name} has no METADATA ${key}`);
    if (name.startsWith('data.rules.')) rules.push(rule(name, file, meta ?? {}, texts, problems));
  }
  for (const id of duplicates(rules.map((r) => r.id)))
    problems.push(
      `METADATA id ${id} is used by more than one rule: ${rules
        .filter((r) => r.id === id)
        .map((r) => r.path)
        .join(', ')}`,
    );
  return { rules: rules.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

function rule(name, file, meta, texts, problems) {
  const expected = name.replace('data.rules.', '').replaceAll('.', '/').replaceAll('_', '-');
  const say = (problem) => problems.push(`${file}: ${problem}`);
  if (
    !texts.get('main/main.rego')?.includes(`import ${name}\n`) &&
    !texts.get('main/main.rego')?.includes(`import ${name} as `)
  )
    say(`main/main.rego does not import ${name}: nobody asks this rule`);
  return described(meta, { id: expected, file, text: texts.get(file) ?? '' }, say);
}

/** A rule by its METADATA; what is missing there, or not what the text does, is said. */
export function described(meta, { id: expected, file, text }, say) {
  const { id, severity, remediation, reads, deadline } = meta.custom ?? {};
  if (!id) say(`METADATA custom.id is missing, write ${expected}`);
  else if (id !== expected) say(`METADATA custom.id is ${id}, but the package says ${expected}`);
  if (!SEVERITIES.includes(severity)) say(`METADATA custom.severity must be one of ${SEVERITIES.join(', ')}`);
  if (!remediation) say('METADATA custom.remediation is missing: what should the reader do?');
  if (!Array.isArray(reads))
    say('METADATA custom.reads is missing: name the labels that the rule reads, or []');
  if (!meta.schemas?.length) say('METADATA schemas is missing: name the input that the rule reads');
  for (const label of labelsIn(text))
    if (!reads?.includes(label))
      say(`the rule reads label ${label}, which METADATA custom.reads does not name`);
  return {
    id,
    title: meta.title,
    description: meta.description?.trim(),
    severity,
    remediation,
    reads,
    ...(deadline === undefined ? {} : { deadline }),
    path: file,
    line: meta.line,
  };
}

/** Labels by name; any other use of the labels cannot be told and counts as the label `*`. */
const labelsIn = (text) =>
  [...text.matchAll(/context\.labels(?:\.([a-z]\w*)|\["([^"]+)"\])?/g)].map((m) => m[1] ?? m[2] ?? '*');

const duplicates = (ids) => [...new Set(ids.filter((id, at) => id && ids.indexOf(id) !== at))];

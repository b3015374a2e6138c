/**
 * docs/rules.md: every rule of the catalogue and the controls that it serves.
 * @param rules rules of the manifest, sorted by id
 * @param frameworks documents of policies/compliance, sorted by id
 */
export function rulesDoc(rules, frameworks) {
  const serves = (id) =>
    frameworks.flatMap(({ title, version, controls }) => {
      const ids = controls
        .filter((c) => c.rules.some((r) => r === id || r === `${id.split('/')[0]}/*`))
        .map((c) => c.id);
      return ids.length === 0 ? [] : [`${title} (${version}) ${ids.join(', ')}`];
    });
  const categories = [...new Set(rules.map(({ id }) => id.split('/')[0]))];
  return `${[
    '# Rules',
    'Generated from the METADATA of the rules by `npm run generate`; do not edit.',
    `${rules.length} rules. \`patchwarden explain\` names those that decided, by these ids.`,
    ...categories.flatMap((category) => [
      `## ${category}`,
      ...rules.filter(({ id }) => id.startsWith(`${category}/`)).map((r) => ruleText(r, serves(r.id))),
    ]),
    '## Controls',
    'Which rules serve which controls, as data in `policies/compliance`. What a control asks for is said in our own words and binds nobody: read the standard.',
    ...frameworks.map(frameworkText),
  ].join('\n\n')}\n`;
}

const ruleText = (rule, controls) =>
  [
    `### ${rule.id}`,
    `**${rule.title}.** ${oneLine(rule.description)}`,
    [
      `- Severity: ${rule.severity}`,
      `- What to do: ${oneLine(rule.remediation)}`,
      `- Labels read: ${rule.reads.length === 0 ? 'none' : rule.reads.join(', ')}`,
      ...(rule.deadline === undefined ? [] : [`- Kind of deadline: \`${rule.deadline}\``]),
      `- Source: [policies/${rule.path}:${rule.line}](../policies/${rule.path}#L${rule.line})`,
      `- Controls: ${controls.length === 0 ? 'none' : controls.join('; ')}`,
    ].join('\n'),
  ].join('\n\n');

const frameworkText = ({ title, version, source, controls }) =>
  [
    `### ${title} (${version})`,
    `Source: ${source.publisher}, [${source.document}](${source.url}), ${source.published}.`,
    [
      '| control | asks for | rules |',
      '| --- | --- | --- |',
      ...controls.map((c) => `| ${c.id} | ${c.asks} | ${c.rules.join(', ')} |`),
    ].join('\n'),
  ].join('\n\n');

const oneLine = (text) => text.trim().replace(/\s+/g, ' ');

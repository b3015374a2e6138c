import { described } from './catalogue.mjs';

/** What `main` asks a package for. */
const HOOK = /^(facts|obligations|denials) contains /m;
const NAME = /^[a-z][a-z0-9_]{0,62}\.rego$/;

export const isTest = (name) => name.endsWith('_test.rego');

/** How a user calls a file that lies in `custom/` of the compilation. */
export const homeOf = (file) => file.replace(/^custom\//, 'policies/');

/**
 * Own sources (name → text) that cannot be compiled with the product's: a package that is not the file's own could add
 * to any rule of the product. Sentences.
 */
export function sourceProblems(sources) {
  const problems = [];
  for (const [name, text] of sources) {
    if (!NAME.test(name)) {
      problems.push(`policies/${name}: the name of a rule is letters, digits and "_", such as two_days.rego`);
      continue;
    }
    const wanted = `custom.${name.replace('.rego', '')}`;
    const lines = text.split('\n');
    const at = lines.findIndex((line) => /^\s*package\b/.test(line));
    const found = /^package\s+([^\s#]+)/.exec(lines[at] ?? '')?.[1];
    if (found !== wanted) problems.push(`policies/${name}:${at + 1 || 1}: write package ${wanted} here`);
    else if (!isTest(name) && !HOOK.test(text))
      problems.push(
        `policies/${name}:${at + 1}: nobody asks this package: it has no "facts contains", "obligations contains" or "denials contains"`,
      );
  }
  return problems;
}

/** The own rules by their METADATA, sorted by id, and what is wrong with it. `inspected` is what `opa inspect -a` says. */
export function ownCatalogue(inspected, sources) {
  const problems = [];
  const annotated = new Map();
  for (const { annotations, location } of inspected.annotations ?? [])
    if (annotations.scope === 'package') annotated.set(location.file, { ...annotations, row: location.row });
  const rules = [...sources]
    .filter(([name]) => !isTest(name))
    .map(([name, text]) => {
      const { row = 1, ...meta } = annotated.get(`custom/${name}`) ?? {};
      const say = (problem) => problems.push(`policies/${name}:${row}: ${problem}`);
      for (const key of ['title', 'description']) if (!meta[key]) say(`METADATA ${key} is missing`);
      const id = `custom/${name.replace('.rego', '').replaceAll('_', '-')}`;
      return described(meta, { id, file: name, text }, say);
    });
  return { rules: rules.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

// Cuts what we use out of GitHub's published GraphQL schema, taken from npm into a temporary directory.
// usage: node test/real/github/cut-graphql.mjs [directory that holds the unpacked package]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kind, parse, print, visit } from 'graphql';

const version = '15.26.1';
const out = fileURLToPath(new URL('../../fixtures/github/graphql-cut.graphql', import.meta.url));

/** Fields of objects and interfaces, and the members of unions; inputs, enums and scalars that they name are taken whole. */
const fields = {
  Query: ['viewer', 'repository'],
  Actor: ['login'],
  AddedToMergeQueueEvent: ['actor', 'enqueuer'],
  Bot: ['databaseId', 'login'],
  User: ['databaseId', 'login'],
  Repository: [
    ...['autoMergeAllowed', 'mergeCommitAllowed', 'rebaseMergeAllowed', 'squashMergeAllowed'],
    'pullRequest',
  ],
  PullRequest: ['autoMergeRequest', 'headRefOid', 'id', 'number', 'timelineItems'],
  PullRequestTimelineItemsConnection: ['nodes'],
  AutoMergeRequest: ['enabledAt', 'mergeMethod'],
  Mutation: ['disablePullRequestAutoMerge', 'enablePullRequestAutoMerge', 'enqueuePullRequest'],
  EnqueuePullRequestPayload: ['clientMutationId'],
  DisablePullRequestAutoMergePayload: ['clientMutationId', 'pullRequest'],
  EnablePullRequestAutoMergePayload: ['clientMutationId', 'pullRequest'],
};
const builtIn = ['Boolean', 'Float', 'ID', 'Int', 'String'];

function fetched(work) {
  const [tarball] = JSON.parse(
    execFileSync('npm', ['pack', `@octokit/graphql-schema@${version}`, '--json', '--pack-destination', work]),
  );
  const members = ['schema.graphql', 'package.json'].map((name) => `package/${name}`);
  execFileSync('tar', ['xzf', join(work, tarball.filename), '-C', work, ...members]);
  return join(work, 'package');
}

function cut(text) {
  const types = new Map(parse(text).definitions.map((d) => [d.name?.value, d]));
  const kept = new Map();
  const keep = (name) => {
    if (kept.has(name) || builtIn.includes(name)) return;
    const type = types.get(name);
    if (!type) throw new Error(`the schema has no type ${name}`);
    const only = fields[name];
    if (type.kind === Kind.OBJECT_TYPE_DEFINITION && !only) throw new Error(`say which fields of ${name}`);
    const known = (list) => (list ?? []).filter((t) => t.name.value in fields);
    const shown = only
      ? {
          ...type,
          interfaces: known(type.interfaces),
          fields: type.fields.filter((f) => only.includes(f.name.value)),
        }
      : type.kind === Kind.UNION_TYPE_DEFINITION
        ? { ...type, types: known(type.types) }
        : type;
    const plain = visit(shown, {
      enter: (node) => ('directives' in node ? { ...node, directives: [] } : undefined),
    });
    kept.set(name, plain);
    visit(plain, { NamedType: (node) => keep(node.name.value) });
  };
  // What an interface may be is named by nobody.
  for (const name of ['Query', 'Mutation', 'Bot']) keep(name);
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, type]) => print(type));
}

const work = mkdtempSync(join(tmpdir(), 'patchwarden-graphql-'));
try {
  const directory = process.argv[2] ?? fetched(work);
  const found = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (found.version !== version)
    throw new Error(`${directory} holds @octokit/graphql-schema ${found.version}, not ${version}`);
  const types = cut(readFileSync(join(directory, 'schema.graphql'), 'utf8'));
  const from = `# Cut from ${found.name} ${version} (${found.license}) by test/real/github/cut-graphql.mjs`;
  writeFileSync(out, `${[from, ...types].join('\n\n')}\n`);
  console.log(`${out}: ${types.length} types`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

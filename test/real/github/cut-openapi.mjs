// Cuts the operations we use out of GitHub's published OpenAPI description, taken from npm into a temporary directory.
// usage: node test/real/github/cut-openapi.mjs [directory that holds the unpacked package]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutDescription } from './cut.mjs';
import { operations } from './operations.mjs';

const version = '23.0.2';
const out = fileURLToPath(new URL('../../fixtures/github/openapi-cut.json', import.meta.url));

function fetched(work) {
  const [tarball] = JSON.parse(
    execFileSync('npm', ['pack', `@octokit/openapi@${version}`, '--json', '--pack-destination', work]),
  );
  const members = ['generated/api.github.com.json', 'package.json', 'LICENSE'].map(
    (name) => `package/${name}`,
  );
  execFileSync('tar', ['xzf', join(work, tarball.filename), '-C', work, ...members]);
  return join(work, 'package');
}

function read(directory) {
  const found = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (found.version !== version)
    throw new Error(`${directory} holds @octokit/openapi ${found.version}; the cut is made from ${version}`);
  const description = JSON.parse(readFileSync(join(directory, 'generated/api.github.com.json'), 'utf8'));
  const licence = readFileSync(join(directory, 'LICENSE'), 'utf8').trim();
  return { description, from: { package: '@octokit/openapi', version, licence } };
}

/** One line for each operation and schema, so that a new version shows as a readable difference. */
function lines(object) {
  const members = Object.entries(object).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  return `{\n${members.join(',\n')}\n}`;
}

const work = mkdtempSync(join(tmpdir(), 'patchwarden-openapi-'));
try {
  const { description, from } = read(process.argv[2] ?? fetched(work));
  const cut = cutDescription(description, operations);
  const text = `{"from":${JSON.stringify(from)},\n"operations":${lines(cut.operations)},\n"schemas":${lines(cut.schemas)}}\n`;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, text);
  console.log(
    `${out}: ${operations.length} operations, ${Object.keys(cut.schemas).length} schemas, ${text.length} bytes`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

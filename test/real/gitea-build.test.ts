import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { giteaVersion } from './support/gitea-server.ts';

const script = join(import.meta.dirname, 'build-gitea');

/** Runs the build with the programs of a directory before those of the system. */
const build = (dir: string, path: string) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(script, [], { env: { PATH: path, PATCHWARDEN_CACHE: join(dir, 'cache') } });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    child.once('close', (code) => resolve({ code, ...said }));
  });

/** A `go` that knows one module and takes half a second to build it; `outcome` ends a build. */
function stubGo(dir: string, outcome: string): string {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  for (const part of ['templates', 'options', 'public'])
    mkdirSync(join(dir, 'module', part), { recursive: true });
  writeFileSync(join(dir, 'module', 'templates', 'home.tmpl'), 'home\n', { mode: 0o400 });
  chmodSync(join(dir, 'module', 'templates'), 0o500);
  const go = [
    '#!/bin/sh',
    `echo "$CGO_ENABLED $*" >>${dir}/calls`,
    `if [ "$1" = list ]; then echo ${dir}/module; fi`,
    'if [ "$1" = build ]; then',
    '  while [ "$1" != -o ]; do shift; done',
    `  sleep 0.5; echo built >"$2"; chmod 755 "$2"; ${outcome}`,
    'fi',
  ];
  writeFileSync(join(bin, 'go'), `${go.join('\n')}\n`, { mode: 0o755 });
  writeFileSync(join(bin, 'cc'), '#!/bin/sh\n', { mode: 0o755 });
  return `${bin}:${process.env.PATH ?? ''}`;
}
const calls = (dir: string) => readFileSync(join(dir, 'calls'), 'utf8').split('\n');

it('says what is missing', async () => {
  const dir = tempDir();
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  for (const tool of ['bash', 'env', 'sed', 'dirname', 'git'])
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
      join(bin, tool),
    );
  const { code, stdout, stderr } = await build(dir, bin);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^build-gitea: Gitea \S+ needs go cc on PATH; install Go/);
});

it('builds once where two build at the same time, and uses it again', async () => {
  const dir = tempDir();
  const path = stubGo(dir, 'true');
  const target = join(dir, 'cache', `gitea-${giteaVersion()}`);
  const done = { code: 0, stdout: `${target}\n` };
  const both = await Promise.all([build(dir, path), build(dir, path)]);
  expect(both).toMatchObject([done, done]);
  expect(calls(dir)).toContainEqual(expect.stringMatching(/^1 build -tags sqlite sqlite_unlock_notify /));
  expect(readdirSync(join(dir, 'cache'))).toEqual([`gitea-${giteaVersion()}`]);
  expect(readdirSync(target).sort()).toEqual(['gitea', 'options', 'public', 'templates']);
  expect(readFileSync(join(target, 'templates', 'home.tmpl'), 'utf8')).toBe('home\n');
  const before = calls(dir);
  expect(await build(dir, path)).toMatchObject(done);
  expect(calls(dir)).toEqual(before);
});

it('leaves nothing of a build that failed', async () => {
  const dir = tempDir();
  const { code, stdout } = await build(dir, stubGo(dir, 'exit 1'));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(existsSync(join(dir, 'cache', `gitea-${giteaVersion()}`))).toBe(false);
  expect(readdirSync(join(dir, 'cache'))).toEqual([]);
});

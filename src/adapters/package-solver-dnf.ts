import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { parseRpmStatus, type RpmStatusPackage } from '../domain/rpm-status.ts';
import { parseStream } from '../domain/stream.ts';
import { parseRpmVersion } from '../domain/version/rpm.ts';
import type { PackageSolver, SolveAnswer, SolveRequest } from '../ports/package-solver.ts';
import { sha256Hex } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import { DNF_SCRIPT } from './package-solver-dnf-script.ts';
import { CLEAN_ENV, runProcess } from './process.ts';
import { rpmHeader } from './rpm-header.ts';

const MAX_BYTES = 256 << 20;
const TIMEOUT_MS = 300_000;
/** The Python that dnf itself runs in: the platform's own, not what a user put before it. */
const PYTHONS = ['/usr/libexec/platform-python', '/usr/bin/python3'];

/**
 * Asks real dnf about one component set: a private install root with a database of what is installed, private cache and
 * configuration, one `file:` repository that holds only the given packages. Works without root and without network, and
 * changes nothing outside a temp directory. `unavailable` where dnf 4 or rpmdb is absent.
 */
export function createDnfSolver(options: { readonly tempDir?: string } = {}): PackageSolver {
  const { tempDir = tmpdir() } = options;
  return {
    async solve(request) {
      const stream = parseStream(request.stream);
      if (request.status === null || !stream)
        return {
          kind: 'unavailable',
          message: 'nothing is known of the installed packages: closure unchecked',
        };
      if (Buffer.byteLength(request.status) + Buffer.byteLength(request.packages) > MAX_BYTES)
        return { kind: 'unavailable', message: 'installed and offered packages are larger than 256 MiB' };
      const dir = await mkdtemp(join(tempDir, 'patchwarden-solve-'));
      try {
        const missing = await layOut(dir, request);
        return missing ?? (await ask(dir, request, stream));
      } catch (error) {
        if (error instanceof PatchwardenError) throw error;
        throw new PatchwardenError(
          'store-failed',
          `cannot prepare dnf's question in ${dir}: ${String(error)}`,
          {
            cause: error,
          },
        );
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

/** A file that a package needs is taken to be there: which files the installed packages have is not known. */
const filesNeeded = (packages: string): RpmStatusPackage => ({
  name: 'patchwarden-installed-files',
  epoch: 0,
  version: '0',
  release: '0',
  arch: 'noarch',
  provides: [...new Set(packages.match(/(?<=<rpm:entry name=")\/[^"]{1,4000}(?=")/g) ?? [])].map((name) => ({
    name,
    operator: null,
    evr: null,
  })),
  requires: [],
});

async function layOut(dir: string, request: SolveRequest): Promise<SolveAnswer | undefined> {
  for (const folder of ['source/repodata', 'root', 'none', 'cache', 'log', 'persist'])
    await mkdir(join(dir, folder), { recursive: true });
  const count = request.packages.split('<package ').length - 1;
  const files = {
    primary: `<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${count}">\n${request.packages}</metadata>\n`,
    filelists: '<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="0"/>\n',
  };
  const data: string[] = [];
  for (const [type, body] of Object.entries(files)) {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
    await writeFile(join(dir, `source/repodata/${type}.xml`), xml);
    data.push(
      `<data type="${type}"><checksum type="sha256">${sha256Hex(xml)}</checksum><location href="repodata/${type}.xml"/><timestamp>1</timestamp><size>${Buffer.byteLength(xml)}</size></data>`,
    );
  }
  await writeFile(
    join(dir, 'source/repodata/repomd.xml'),
    `<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>${data.join('')}</repomd>\n`,
  );
  return installDatabase(dir, request);
}

async function installDatabase(dir: string, request: SolveRequest): Promise<SolveAnswer | undefined> {
  const installed = [...parseRpmStatus(request.status ?? ''), filesNeeded(request.packages)];
  const env = environment();
  const where = await runProcess(['rpm', '--eval', '%{_dbpath}'], { env });
  if (where.kind !== 'exited') return { kind: 'unavailable', message: 'rpm is not installed' };
  const path = join(dir, 'root', where.stdout.trim());
  await mkdir(path, { recursive: true });
  const input = Buffer.concat(installed.map(rpmHeader));
  const done = await runProcess(['rpmdb', '--dbpath', path, '--importdb'], { env, input });
  if (done.kind === 'exited' && done.code === 0) return undefined;
  return {
    kind: 'unavailable',
    message: `rpmdb made no database of the installed packages: ${done.kind === 'exited' ? done.stderr.trim().slice(0, 500) : done.kind}`,
  };
}

/** Some builds of rpm keep their database in the home directory: then it is the root directory, here and for dnf. */
const environment = () => ({ ...CLEAN_ENV, HOME: '/' });

async function ask(
  dir: string,
  request: SolveRequest,
  stream: { readonly release: string; readonly arch: string },
): Promise<SolveAnswer> {
  const wanted = sortedBy(
    request.wanted,
    (w) => w.name,
    (w) => w.arch,
  ).map((w) => {
    const { epoch, version, release } = parseRpmVersion(w.version);
    return { name: w.name, arch: w.arch, epoch: Number(epoch), version, release: release ?? '' };
  });
  const file = join(dir, 'request.json');
  await writeFile(file, JSON.stringify({ dir, release: stream.release, arch: stream.arch, wanted }));
  const script = join(dir, 'ask.py');
  await writeFile(script, DNF_SCRIPT);
  for (const python of PYTHONS) {
    const run = await runProcess([python, '-I', '-B', script, file], {
      env: environment(),
      timeoutMs: TIMEOUT_MS,
      cwd: dir,
    });
    if (run.kind === 'missing') continue;
    if (run.kind === 'killed') return { kind: 'unavailable', message: run.reason };
    return readAnswer(run.code, run.stdout, run.stderr);
  }
  return { kind: 'unavailable', message: 'dnf is not installed' };
}

interface Install {
  readonly name: string;
  readonly epoch: number | string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
}

/** What our own script prints, so its shape is known; anything else is dnf's fault. */
function readAnswer(code: number, stdout: string, stderr: string): SolveAnswer {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !line.startsWith('{'))
    return { kind: 'unavailable', message: `dnf failed: ${stderr.trim().slice(-500)}` };
  const answer = JSON.parse(line) as
    | { readonly kind: 'solved'; readonly installs: readonly Install[]; readonly removes: readonly string[] }
    | Exclude<SolveAnswer, { readonly kind: 'solved' }>;
  if (answer.kind !== 'solved') return { ...answer, message: answer.message.slice(0, 2000) };
  const installs = answer.installs.map(({ name, epoch, version, release, arch }) => ({
    name,
    arch,
    version: `${String(epoch) === '0' ? '' : `${epoch}:`}${version}-${release}`,
  }));
  return {
    kind: 'solved',
    installs: sortedBy(
      installs,
      (i) => i.name,
      (i) => i.arch,
    ),
    removes: answer.removes,
  };
}

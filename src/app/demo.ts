import { PatchwardenError } from '../domain/errors.ts';
import { formatHead } from '../domain/evidence.ts';
import type { PullRequest } from '../ports/forge.ts';
import type { PlanResult } from './apply.ts';
import { type DemoSubject, makeDemoWorld } from './demo-repository.ts';
import { loadDocuments } from './load-documents.ts';
import { openApply, openEvidence } from './open-apply.ts';
import { pipeline } from './pipeline.ts';
import { listPulls, openPullPorts } from './pr-context.ts';
import type { Wire } from './wire.ts';

export interface DemoRequest {
  /** A new directory; a temporary one where absent. */
  readonly dir: string | undefined;
  /** Root directory of the machine to look at. */
  readonly root: string;
}

interface DemoProposal {
  readonly number: number;
  readonly kind: string;
  readonly scope: string;
  readonly branch: string;
  readonly state: PullRequest['state'];
  readonly title: string;
  readonly files: readonly string[];
  readonly contentDigest: string;
}

export interface DemoResult {
  readonly directory: string;
  readonly origin: string;
  readonly repository: string;
  readonly asset: string;
  /** Why the bundled host stands in for this machine; null when it does not. */
  readonly bundled: string | null;
  readonly findings: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly decisions: number;
  readonly proposals: readonly DemoProposal[];
  /** What apply would run on the host for the merged lock, and why it would not. */
  readonly plan: PlanResult;
  readonly anchor: string;
  readonly evidence: { readonly entries: number; readonly head: string };
}

/**
 * The whole loop in a throw-away directory: on this machine's packages, or on a bundled real host where this machine has
 * no dpkg, no package lists or nothing to update. Reads the machine, writes only below the directory that it names.
 */
export async function runDemo(wire: Wire, request: DemoRequest): Promise<DemoResult> {
  const directory = request.dir ?? (await wire.workspace.temporary('patchwarden-demo-'));
  await wire.workspace.empty(directory);
  const missing = await whyNotThisMachine(wire, request.root);
  if (missing === null) {
    const subject: DemoSubject = {
      kind: 'machine',
      asset: assetName(wire.workspace.hostname()),
      root: request.root,
    };
    const result = await runLoop(wire, directory, subject, null);
    if (result) return result;
    for (const name of ['keys', 'state', 'artifacts', 'origin.git', 'repository'])
      await wire.workspace.remove(`${directory}/${name}`);
  }
  const reason = missing ?? 'no approved update is missing here';
  wire.log.info(`${reason}: a bundled real host stands in for this machine`);
  const result = await runLoop(wire, directory, { kind: 'bundled', asset: 'bundled-host' }, reason);
  if (result) return result;
  throw new PatchwardenError('bug', 'the bundled host misses nothing');
}

/** Two things make a machine worth looking at: installed packages, and lists of what there is. */
async function whyNotThisMachine(wire: Wire, root: string): Promise<string | null> {
  const tree = wire.fileTree(root);
  if (!(await tree.read('var/lib/dpkg/status'))) return `${root} has no dpkg packages`;
  const lists = await tree.list('var/lib/apt/lists');
  return lists.some((name) => /_Packages(\.|$)/.test(name)) ? null : `${root} has no apt package lists`;
}

async function runLoop(
  wire: Wire,
  directory: string,
  subject: DemoSubject,
  bundled: string | null,
): Promise<DemoResult | null> {
  const { log, clock } = wire;
  log.info(`1/6 a policy repository with throw-away keys in ${directory}`);
  const world = await makeDemoWorld(wire, directory, subject);
  const repo = world.repository;
  const documents = await loadDocuments(wire, repo);
  log.info(`2/6 the packages of ${subject.asset}, advisories and package lists`);
  await pipeline.observe(wire, { repo, config: documents.config });
  log.info('3/6 decisions');
  const { report } = await pipeline.assess(wire, { repo, documents, asOf: clock.now() });
  log.info('4/6 pull requests');
  const request = { repo, trustAnchor: world.anchor, keys: world.keys, credentials: NONE, dryRun: false };
  const { actions } = await pipeline.reconcile(wire, request);
  if (!actions.some((a) => a.action === 'open')) return null;
  log.info('5/6 approval and merge by a second person');
  const pulls = await openPullPorts(wire, repo);
  const [first] = await listPulls(pulls);
  if (!first) throw new PatchwardenError('bug', 'an opened pull request is not there');
  await pipeline.review.approve(pulls, first.number, world.approver);
  await pipeline.review.merge(pulls, first.number, world.approver);
  log.info('6/6 evidence, and what apply would do');
  await pipeline.reconcile(wire, request);
  const apply = await openApply(wire, repo, world.keys);
  const plan = await pipeline.rollout.plan(apply, { trustAnchor: world.anchor, parallel: 4 });
  const head = await openEvidence(wire, pulls.git, documents, undefined).head();
  return {
    directory,
    origin: world.origin,
    repository: repo,
    asset: subject.asset,
    bundled,
    findings: report.findings,
    byStatus: report.byStatus,
    decisions: report.decisions,
    proposals: await proposalsOf(pulls),
    plan,
    anchor: world.anchor,
    evidence: { entries: head.size, head: formatHead(head) },
  };
}

/** The embedded forge has no tokens. */
const NONE = { token: undefined, appKeyFile: undefined };

async function proposalsOf(
  ports: Awaited<ReturnType<typeof openPullPorts>>,
): Promise<readonly DemoProposal[]> {
  const proposals: DemoProposal[] = [];
  for (const { number, kind, scope, branch, state, title, head, contentDigest } of await listPulls(ports)) {
    const [parent] = (await ports.git.readCommit(head)).parents;
    const files = (await ports.git.diffTrees(parent ?? null, head)).map((c) => c.path);
    proposals.push({ number, kind, scope, branch, state, title, files, contentDigest });
  }
  return proposals;
}

/** A host name as an id of a document. */
const assetName = (host: string): string =>
  host
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63) || 'this-machine';

import { canonicalDocument } from '../contracts/canonical.ts';
import type { Config } from '../contracts/generated/config.ts';
import type { Roles } from '../contracts/generated/roles.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Signer } from '../ports/git.ts';
import type { Wire } from './wire.ts';

const ASSET_LABELS = { env: 'demo', role: 'server' };
const LOG = 'patchwarden.example/demo';

/** What the demo patches: this machine, or a real host list that ships with the program. */
export type DemoSubject =
  | { readonly kind: 'machine'; readonly asset: string; readonly root: string }
  | { readonly kind: 'bundled'; readonly asset: string };

/** A throw-away world: an origin, a clone of it, and keys of three identities. */
export interface DemoWorld {
  readonly directory: string;
  readonly origin: string;
  readonly repository: string;
  /** First commit of the protected branch. */
  readonly anchor: string;
  /** Approves and merges; the clone's own identity. */
  readonly approver: Signer;
  readonly keys: { readonly bot: string; readonly log: string };
}

type Ports = Pick<Wire, 'workspace' | 'git' | 'clock' | 'fileTree'>;

/** Makes keys, the policy repository of the examples with this one asset, a bare origin and its clone. */
export async function makeDemoWorld(
  ports: Ports,
  directory: string,
  subject: DemoSubject,
): Promise<DemoWorld> {
  const { workspace, clock } = ports;
  const at = (name: string) => `${directory}/${name}`;
  for (const name of ['keys', 'state', 'artifacts']) await workspace.empty(at(name));
  const people = {
    author: 'alice@demo.example',
    approver: 'bob@demo.example',
    bot: 'patchwarden@demo.example',
  };
  const signers: string[] = [];
  for (const [role, principal] of Object.entries(people))
    signers.push(`${principal} ${await workspace.sshKey(at(`keys/${role}`))}`);
  const log = await workspace.logKey(at('keys/evidence-log'), LOG);

  const origin = at('origin.git');
  await workspace.initBare(origin, 'main');
  const git = await ports.git(origin);
  const anchor = await git.createCommit({
    base: null,
    files: new Map([
      ['patchwarden.json', canonicalDocument('Config', configOf(ports, subject))],
      ['roles.json', canonicalDocument('Roles', rolesOf(people, log))],
      ['allowed-signers', `${signers.join('\n')}\n`],
      ['baselines/servers.json', await shippedText(ports, 'examples/repository', 'baselines/servers.json')],
      ['README.md', README],
    ]),
    parents: [],
    message: 'Policy repository\n\nThe first commit is the trust anchor.\n',
    signer: { name: 'Alice (author)', email: people.author, key: at('keys/author') },
    at: clock.now(),
  });
  await git.updateRefs([{ ref: 'refs/heads/main', to: anchor, expected: null }]);

  const approver = { name: 'Bob (approver)', email: people.approver, key: at('keys/approver') };
  const repository = at('repository');
  await workspace.clone(origin, repository, {
    'user.name': approver.name,
    'user.email': approver.email,
    'user.signingkey': approver.key,
    'gpg.format': 'ssh',
    'gpg.ssh.allowedSignersFile': `${repository}/allowed-signers`,
  });
  const keys = { bot: at('keys/bot'), log: at('keys/evidence-log') };
  return { directory, origin, repository, anchor, approver, keys };
}

const ORIGINS = ['debian:bookworm/main', 'debian:bookworm-security/main', 'debian:bookworm-updates/main'];

function configOf({ workspace }: Pick<Ports, 'workspace'>, subject: DemoSubject): Config {
  const data = (path: string) => workspace.shipped(`examples/data/${path}`);
  const machine = subject.kind === 'machine';
  return {
    apiVersion: 'patchwarden/v1',
    kind: 'Config',
    id: 'patchwarden',
    repository: 'demo/fleet',
    forge: { kind: 'git', remote: 'origin' },
    fleet: {
      sources: [
        machine
          ? { kind: 'root', id: subject.asset, path: subject.root, labels: ASSET_LABELS }
          : {
              kind: 'file',
              id: subject.asset,
              path: workspace.shipped('examples/repository/hosts/base-2024-04.lock.json'),
              stream: 'debian:12:amd64',
              origins: ORIGINS,
              labels: ASSET_LABELS,
            },
      ],
    },
    intel: {
      feeds: [
        { kind: 'osv', path: data('osv') },
        { kind: 'kev', path: data('kev') },
        { kind: 'epss', path: data('epss') },
        { kind: 'cve', path: data('vulnrichment') },
      ],
    },
    packages: {
      sources: [
        machine
          ? { id: 'machine', kind: 'apt-lists', path: subject.root, fetch: 'host' }
          : { id: 'bundled', kind: 'apt-directory', path: data('packages'), fetch: 'host' },
      ],
    },
    state: { kind: 'directory', path: '../state' },
    artifacts: { kind: 'directory', path: '../artifacts' },
    ...(machine ? { drivers: [{ kind: 'root', asset: subject.asset, path: subject.root }] } : {}),
    labels: { env: { source: 'inventory' }, role: { source: 'inventory' } },
  };
}

const rolesOf = (
  people: { readonly author: string; readonly approver: string; readonly bot: string },
  key: string,
): Roles => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Roles',
  id: 'roles',
  people: [
    { id: 'alice', principals: [people.author], teams: ['platform'] },
    { id: 'bob', principals: [people.approver], teams: ['security'] },
  ],
  bot: { principals: [people.bot] },
  roles: { author: ['team:platform'], approver: ['team:security'], merger: ['team:security'] },
  approvals: { required: 1, edition: 2 },
  log: { key },
});

const README = `# A demo policy repository

Made by \`patchwarden demo\`. Throw it away when you have seen enough: nothing outside of its directory was changed.
`;

async function shippedText(
  ports: Pick<Ports, 'workspace' | 'fileTree'>,
  folder: string,
  path: string,
): Promise<string> {
  const bytes = await ports.fileTree(ports.workspace.shipped(folder)).read(path);
  if (!bytes) throw new PatchwardenError('bug', `${folder}/${path} does not ship with the program`);
  return new TextDecoder().decode(bytes);
}

import type { CollectedAsset } from '../ports/asset-source.ts';
import type { FileTree } from '../ports/file-tree.ts';
import { readFacts } from './collected-facts.ts';
import { observeRpmHost } from './collected-rpm.ts';
import { observeRoot } from './host-root.ts';
import { type Observation, observation } from './observation.ts';
import { ecosystemOfOsRelease, parseOsRelease } from './os-release.ts';

const SOURCE = 'ssh';

/**
 * What was seen of one asset of a source. Whatever went wrong, it is `unknown` with its own reason: an asset that was not
 * read is never compliant, and nothing older stands in for it.
 */
export async function observeCollected({ result }: CollectedAsset): Promise<Observation> {
  if (result.kind === 'failed')
    return observation(SOURCE, { unknown: result.reason, problems: [result.problem] });
  try {
    const seen = await observeTree(result.tree);
    const facts = await readFacts(result.tree, result);
    return { ...seen, facts, problems: [...result.problems, ...seen.problems], source: SOURCE };
  } catch (error) {
    // Whatever a host made of its facts, the others go on.
    const why = error instanceof Error ? error.message : String(error);
    return observation(SOURCE, { unknown: 'unreadable', problems: [...result.problems, why] });
  }
}

/** A host may have both databases (dnf on Debian, dpkg on AlmaLinux): its os-release says which one rules. */
async function observeTree(tree: FileTree): Promise<Observation> {
  const release = new TextDecoder().decode(
    (await tree.read('etc/os-release')) ?? (await tree.read('usr/lib/os-release')),
  );
  const values = parseOsRelease(release);
  const has = async (dir: string, name: string): Promise<boolean> => (await tree.list(dir)).includes(name);
  const family = `${values.get('ID') ?? ''} ${values.get('ID_LIKE') ?? ''}`.split(' ');
  const rpm = await has('.facts', 'rpm-qa');
  const dpkg = await has('var/lib/dpkg', 'status');
  if (rpm && !(dpkg && family.includes('debian'))) return observeRpmHost(tree, values);
  if (dpkg) return observeRoot(tree, { live: true });
  const ecosystem = ecosystemOfOsRelease(values);
  return observation(SOURCE, {
    unknown: 'not-supported',
    problems: [
      `${tree.label} has neither a dpkg nor an rpm database${ecosystem === null ? '' : ` (it is ${ecosystem})`}`,
    ],
  });
}

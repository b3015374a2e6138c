import type { OtherPatchers } from '../audit/setup/surroundings.ts';
import type { Config } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { directoryOf, readManifest } from '../observe/snapshot.ts';
import { asArray, asObject, asString, parseJsonData } from '../util/json-data.ts';
import { stateDir } from './locations.ts';
import { FACTS_FILE } from './scan.ts';
import type { Wire } from './wire.ts';

/** What the last scan learnt of who else installs updates; null where there was none, or its hosts told no facts. */
export async function otherPatchersSeen(
  wire: Pick<Wire, 'stateStore'>,
  repo: string,
  config: Config,
): Promise<OtherPatchers> {
  const state = wire.stateStore(stateDir(repo, config));
  try {
    const manifest = await readManifest(state, 'fleet');
    if (manifest === undefined) return null;
    const text = await state.read(`${directoryOf('fleet', manifest.digest)}/${FACTS_FILE}`);
    const parsed = parseJsonData(new TextEncoder().encode(text ?? ''), FACTS_FILE);
    const facts = parsed.ok ? asObject(parsed.value) : undefined;
    if (facts === undefined) return null;
    return new Map(
      Object.entries(facts).map(([asset, told]) => [
        asset,
        asArray(asObject(told)?.otherPatchers).flatMap((p) => asString(p) ?? []),
      ]),
    );
  } catch (error) {
    if (error instanceof PatchwardenError && error.code === 'store-failed') return null;
    throw error;
  }
}

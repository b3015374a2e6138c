import { resolve } from 'node:path';
import { loadDocuments } from '../../app/load-documents.ts';
import { stateDir } from '../../app/locations.ts';
import { buildScan, type ScanPlan } from '../../app/scan.ts';
import { inShard, parseShard, type Shard, writeShard } from '../../app/scan-shard.ts';
import { tellSnapshots, writeSnapshots } from '../../app/snapshots.ts';
import type { Wire } from '../../app/wire.ts';
import { snapshotPlanJson, snapshotPlanText } from '../../report/snapshot-plan.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const scanCommand: Command = {
  usage: 'scan',
  describe: 'Collect hosts and package lists into a fleet snapshot',
  builder: (y) =>
    y
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('shard', { type: 'string', requiresArg: true, describe: 'Only part i of n, as i/n' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say what would be written' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const asked = text(args, 'shard');
    const shard = asked === undefined ? undefined : parseShard(asked);
    const repo = resolve(cwd, text(args, 'repo') ?? '.');
    const { config } = await loadDocuments(wire, repo);
    const only = shard && { only: (asset: string) => inShard(shard, asset) };
    const plan = await buildScan(wire, { config, repo, now: wire.clock.now(), ...only });
    const written = !flag(args, 'dryRun');
    const directory = stateDir(repo, config);
    const snapshots = written ? await write(wire, directory, plan.snapshots, shard) : plan.snapshots;
    if (!written) tellSnapshots(wire.log, snapshots);

    const { snapshots: _, problems, notes, ...facts } = plan;
    for (const note of notes) wire.log.info(note);
    for (const problem of problems) wire.log.warn(problem);
    const view = { written, snapshots, problems, facts };
    out(text(args, 'format') === 'json' ? snapshotPlanJson(view) : snapshotPlanText(view));
    return problems.length > 0 ? EXIT.sourceFailed : EXIT.ok;
  },
};

/** What is in force afterwards: nothing new while parts of the fleet are missing. */
async function write(
  wire: Wire,
  directory: string,
  snapshots: ScanPlan['snapshots'],
  shard: Shard | undefined,
): Promise<ScanPlan['snapshots']> {
  const deps = { store: await wire.fleetStore(directory), state: wire.stateStore(directory) };
  try {
    const [part] = snapshots;
    if (!shard || !part) {
      await writeSnapshots(deps, snapshots);
      return snapshots;
    }
    const merged = await writeShard(deps, shard, part);
    if (!('missing' in merged)) return merged;
    wire.log.info(`part ${shard.index} of ${shard.count} is kept; ${merged.missing} more make a fleet`);
    return [];
  } finally {
    await deps.store.close();
  }
}

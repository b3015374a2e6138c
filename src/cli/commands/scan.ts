import { resolve } from 'node:path';
import { loadDocuments } from '../../app/load-documents.ts';
import { stateDir } from '../../app/locations.ts';
import { buildScan } from '../../app/scan.ts';
import { tellSnapshots, writeSnapshots } from '../../app/snapshots.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { snapshotPlanJson, snapshotPlanText } from '../../report/snapshot-plan.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const scanCommand: Command = {
  usage: 'scan',
  describe: 'Collect hosts and package lists into a fleet snapshot',
  builder: (y) =>
    y
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('shard', { type: 'string', requiresArg: true, hidden: true, describe: 'Part i of n' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say what would be written' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    if (text(args, 'shard') !== undefined)
      throw new PatchwardenError('not-built', 'scan --shard is not built yet: scan without it');
    const repo = resolve(cwd, text(args, 'repo') ?? '.');
    const { config } = await loadDocuments(wire, repo);
    const plan = await buildScan(wire, { config, repo, now: wire.clock.now() });
    const written = !flag(args, 'dryRun');
    if (written) {
      const directory = stateDir(repo, config);
      const store = await wire.fleetStore(directory);
      try {
        await writeSnapshots({ store, state: wire.stateStore(directory) }, plan.snapshots);
      } finally {
        await store.close();
      }
    } else tellSnapshots(wire.log, plan.snapshots);

    const { snapshots, problems, notes, ...facts } = plan;
    for (const note of notes) wire.log.info(note);
    for (const problem of problems) wire.log.warn(problem);
    const view = { written, snapshots, problems, facts };
    out(text(args, 'format') === 'json' ? snapshotPlanJson(view) : snapshotPlanText(view));
    return problems.length > 0 ? EXIT.sourceFailed : EXIT.ok;
  },
};

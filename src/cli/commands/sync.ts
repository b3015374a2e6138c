import { resolve } from 'node:path';
import { loadDocuments } from '../../app/load-documents.ts';
import { stateDir } from '../../app/locations.ts';
import { tellSnapshots, writeSnapshots } from '../../app/snapshots.ts';
import { buildSync } from '../../app/sync.ts';
import { snapshotPlanJson, snapshotPlanText } from '../../report/snapshot-plan.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const syncCommand: Command = {
  usage: 'sync',
  describe: 'Refresh intelligence and package sources into snapshots',
  builder: (y) =>
    y
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('accept', {
        type: 'string',
        array: true,
        default: [],
        requiresArg: true,
        describe: 'Path or URL of a feed that shrank, jumped or went back, and is right',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say what would be written' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const repo = resolve(cwd, text(args, 'repo') ?? '.');
    const { config } = await loadDocuments(wire, repo);
    const directory = stateDir(repo, config);
    const deps = { store: await wire.fleetStore(directory), state: wire.stateStore(directory) };
    try {
      const written = !flag(args, 'dryRun');
      const plan = await buildSync(wire, deps, {
        config,
        repo,
        now: wire.clock.now(),
        remember: written,
        accept: args.accept as readonly string[],
      });
      if (written) await writeSnapshots(deps, plan.snapshots);
      else tellSnapshots(wire.log, plan.snapshots);
      for (const problem of [...plan.notes, ...plan.problems]) wire.log.warn(problem);
      const { snapshots, problems, ...facts } = plan;
      const view = { written, snapshots, problems, facts };
      out(text(args, 'format') === 'json' ? snapshotPlanJson(view) : snapshotPlanText(view));
      return problems.length > 0 ? EXIT.sourceFailed : EXIT.ok;
    } finally {
      await deps.store.close();
    }
  },
};

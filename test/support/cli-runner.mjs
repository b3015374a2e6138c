// Runs command lines of the built program one after the other in one process. Each line of the input is
// {"args": […], "env": {…}}, each line of the output what it said: {"code", "stdout", "stderr"}.
import { createInterface } from 'node:readline';
import { createWire } from '../../dist/app/wire.js';
import { runCli } from '../../dist/cli/cli.js';

for await (const line of createInterface({ input: process.stdin })) {
  const { args, env } = JSON.parse(line);
  const said = { stdout: '', stderr: '' };
  const err = (text) => {
    said.stderr += text;
  };
  const tell = (message) => err(`${message}\n`);
  const code = await runCli(args, {
    cwd: process.cwd(),
    env: { ...process.env, ...env },
    out: (text) => {
      said.stdout += text;
    },
    err,
    isTty: false,
    wire: { ...createWire(), log: { info: tell, warn: tell } },
  });
  process.stdout.write(`${JSON.stringify({ code, ...said })}\n`);
}

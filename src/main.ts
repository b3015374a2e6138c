#!/usr/bin/env node
import { createWire } from './app/wire.ts';
import { runCli } from './cli/cli.ts';
import { EXIT } from './cli/exit-codes.ts';

process.once('SIGINT', () => process.exit(EXIT.interrupted));

process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTty: process.stderr.isTTY === true,
  wire: createWire(),
});

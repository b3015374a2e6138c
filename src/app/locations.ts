import { join, resolve } from 'node:path';
import type { Config } from '../contracts/generated/config.ts';

/** Where state lies; relative paths start at the policy repository. */
export const stateDir = (repo: string, config: Config): string => resolve(repo, config.state.path);

/** Where package files are kept: beside the state where the config does not say, so that a clone stays clean. */
export const artifactsDir = (repo: string, config: Config): string =>
  config.artifacts ? resolve(repo, config.artifacts.path) : join(stateDir(repo, config), 'artifacts');

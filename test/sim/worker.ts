import { rolloutSimulator } from './rollout-simulator.ts';
import { serveShare } from './serve-share.ts';

await serveShare(rolloutSimulator);

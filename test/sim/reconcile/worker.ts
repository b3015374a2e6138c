import { serveShare } from '../serve-share.ts';
import { reconcileSimulator } from './simulator.ts';

await serveShare(reconcileSimulator);

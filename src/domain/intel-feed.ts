import type { IntelFeed } from '../contracts/generated/config.ts';

/** How snapshots, trust and messages name a feed: its URL or path, as the config has it; empty where it has neither. */
export const feedLabel = ({ url, path }: Pick<IntelFeed, 'url' | 'path'>): string => url ?? path ?? '';

/** The public interface: named exports only. */
export { pipeline } from './app/pipeline.ts';
export { createWire, type Wire } from './app/wire.ts';
export { type ErrorCode, PatchwardenError } from './domain/errors.ts';
export { compareVersions, type VersionScheme } from './domain/version/compare.ts';

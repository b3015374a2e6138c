/** The public interface: named exports only. */
export { type ErrorCode, PatchwardenError } from './domain/errors.ts';
export { compareVersions, type VersionScheme } from './domain/version/compare.ts';

import { defineConfig } from 'vitest/config';

/** A real organisation on GitHub, or with PATCHWARDEN_TEST_GITHUB_URL=stand-in what stands for it, over HTTP. */
export default defineConfig({
  test: {
    include: ['test/github/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts', 'test/github/stand-in.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});

import { defineConfig } from 'vitest/config';

/** Benchmarks against real parts; they need root and print what they measure. */
export default defineConfig({
  test: {
    include: ['bench/*.bench.ts'],
    globalSetup: ['test/support/build-once.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    disableConsoleIntercept: true,
  },
});

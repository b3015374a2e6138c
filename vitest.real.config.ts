import { defineConfig } from 'vitest/config';

/** Slow suites against real parts: a Debian root directory with its own apt, OPA. They need root and take minutes. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    fileParallelism: false,
    testTimeout: 420_000,
    hookTimeout: 600_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**'],
    globalSetup: ['test/support/build-once.ts'],
    // The default leaves one core idle, half of a small machine.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 180_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/contracts/generated/**', 'src/main.ts', 'src/ports/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { statements: 88, branches: 80, functions: 88, lines: 88 },
    },
  },
});

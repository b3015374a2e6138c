import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**', 'test/github/**'],
    globalSetup: ['test/support/build-once.ts'],
    // The start of a process for each file, and of what it imports, took half of all the time. No file may rely on the
    // state of a module, nor leave a changed one behind.
    isolate: false,
    // The default leaves one core idle, half of a small machine.
    maxWorkers: '100%',
    // Far beyond what any test takes: a machine that is busy with something else says nothing of the program.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/contracts/generated/**', 'src/main.ts', 'src/ports/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { statements: 88, branches: 80, functions: 88, lines: 88 },
    },
  },
});

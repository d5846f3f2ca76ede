import { defineConfig } from 'vitest/config';

const { CI, COUNTERSIGN_SEED } = process.env;

export default defineConfig({
  test: {
    // A busy machine is no failure: nothing here asserts time, and a test that hangs still ends.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: CI || COUNTERSIGN_SEED ? ['test/support/fixed-seed.ts'] : [],
  },
});

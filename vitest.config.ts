import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A busy machine is no failure: nothing here asserts time, and a test that hangs still ends.
  test: { testTimeout: 60_000, hookTimeout: 120_000 },
});

import { defineConfig } from 'vitest/config';

/** Tests that need a server or minutes: `*.service.test.ts`. They skip by name where their server is not installed. */
export default defineConfig({
  resolve: { conditions: ['@crepitus/source'] },
  ssr: { resolve: { conditions: ['@crepitus/source'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    reporters: ['default', './tooling/closing-line-reporter.ts'],
    include: ['**/*.service.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
});

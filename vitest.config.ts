import { defineConfig } from 'vitest/config';

const packages = ['dsp', 'kernels', 'recordings', 'model', 'datasets', 'lab', 'jobs', 'analyses'].map(
  name => `packages/${name}`,
);

export default defineConfig({
  // Tests run from the sources: no stale dist is ever tested.
  resolve: { conditions: ['@crepitus/source'] },
  ssr: { resolve: { conditions: ['@crepitus/source'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    reporters: ['default', './tooling/closing-line-reporter.ts'],
    projects: [...packages, 'apps/cli', 'apps/runner', 'apps/portal', 'test', 'tooling'].map(root => ({
      extends: true,
      test: {
        name: root,
        root,
        include: ['**/*.test.ts'],
        exclude: ['**/node_modules/**', '**/dist/**', '**/*.service.test.ts'],
      },
    })),
  },
});

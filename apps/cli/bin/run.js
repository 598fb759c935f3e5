#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Without its commands oclif would say that it does not know them.
if (existsSync(new URL('../dist/commands', import.meta.url))) {
  const { execute } = await import('@oclif/core');
  await execute({ dir: import.meta.url });
} else {
  console.error("crepitus is not built yet; run 'npm run build' in the folder that you cloned.");
  process.exitCode = 2;
}

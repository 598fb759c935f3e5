#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error("crepitus-runner is not built yet; run 'npm run build' in the folder that you cloned.");
  process.exitCode = 2;
}

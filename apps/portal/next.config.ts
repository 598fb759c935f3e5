import { join } from 'node:path';
import type { NextConfig } from 'next';
import { scriptHeaders } from './src/server/security-headers.ts';

const root = join(import.meta.dirname, '..', '..');

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: { root },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  async headers() {
    return [
      {
        source: '/_next/static/:path*',
        headers: Object.entries(scriptHeaders).map(([key, value]) => ({ key, value })),
      },
    ];
  },
};

export default config;

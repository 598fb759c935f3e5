import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';

/** Makes a module that holds another and all that it imports: `outFolder`/[name].js. What a bundler complains about is thrown. */
export type Bundle = (project: string, entry: string, outFolder: string) => Promise<unknown>;

export const bundlers = {
  esbuild: (_, entry, outdir) =>
    esbuild.build({
      entryPoints: [entry],
      outdir,
      bundle: true,
      minify: true,
      format: 'esm',
      loader: { '.wasm': 'file' },
      logLevel: 'error',
    }),

  vite: (root, entry, outDir) =>
    vite.build({
      root,
      base: './',
      configFile: false,
      logLevel: 'error',
      build: {
        outDir,
        emptyOutDir: true,
        rolldownOptions: { input: entry, output: { entryFileNames: '[name].js' } },
      },
    }),

  rollup: async (_, input, dir) => {
    const bundle = await rollup({
      input,
      plugins: [nodeResolve()],
      onwarn: ({ message }) => {
        throw new Error(message);
      },
    });
    await bundle.write({ dir, format: 'esm' });
    await bundle.close();
  },

  webpack: (context, entry, path) =>
    new Promise((resolve, reject) =>
      webpack(
        {
          context,
          entry,
          mode: 'production',
          performance: { hints: false },
          experiments: { outputModule: true },
          output: { path, filename: `${/(\w+)\.js$/.exec(entry)![1]}.js`, module: true },
        },
        (error, stats) => {
          const { errors = [], warnings = [] } = stats?.toJson() ?? {};
          const said = [error, ...errors, ...warnings].filter(Boolean);
          if (said.length > 0) reject(new Error(said.map(problem => problem!.message).join('\n')));
          else resolve(undefined);
        },
      ),
    ),
} satisfies Record<string, Bundle>;

/**
 * What the page that analyses in the browser loads beside Next's own files: the detector's bundle, TensorFlow's WASM, and
 * the script of the audio thread, which must be one file. They lie together in a folder named by their content, so that
 * browsers may keep them for good; and the service worker, which is made last because it lists everything.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';

const here = import.meta.dirname;

/** The bundle that the portal uses too: see `portalBundle`. */
const bundle = 'default';

/** @returns {Promise<{ folder: string, files: Map<string, Uint8Array> }>} `folder` below `/_next/static/` */
export async function detectorFiles() {
  const fromPortal = createRequire(import.meta.url);
  const model = dirname(dirname(fromPortal.resolve('@crepitus/model')));
  const fromModel = createRequire(join(model, 'package.json'));
  const tensorflow = dirname(fromModel.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  const bundles = join(model, 'bundles', bundle);
  const names = readdirSync(bundles).sort();
  const files = new Map(names.map(name => [`bundle/${name}`, readFileSync(join(bundles, name))]));
  // Of its three binaries: the threaded one imports a memory that our kernels cannot work in, and without SIMD they do not run.
  const binary = 'tfjs-backend-wasm-simd.wasm';
  files.set(`wasm/${binary}`, readFileSync(join(tensorflow, 'dist', binary)));
  files.set('capture.js', await scriptOf('src/view/recorder/capture.worklet.ts'));
  const hash = createHash('sha256');
  for (const [name, bytes] of files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return { folder: `detector-${hash.digest('hex').slice(0, 16)}`, files };
}

/** Puts them where Next serves its static files. */
export function writeDetectorFiles({ folder, files }, staticFolder) {
  for (const [name, bytes] of files) {
    const path = join(staticFolder, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

/**
 * The service worker's script, with all that the page needs and its checksums.
 *
 * @param nextFolder Next's output, built
 */
export async function offlineScript(nextFolder, { folder, files }) {
  const addresses = [
    ...nextFilesOf('/listen/page', nextFolder),
    ...[...files.keys()].map(name => `/_next/static/${folder}/${name}`),
    ...readdirSync(join(here, 'public')).map(name => `/${name}`),
  ];
  const listed = addresses.sort().map(address => [address, checksumOf(fileAt(address, nextFolder))]);
  return scriptOf('src/offline/service-worker.ts', {
    FILES: JSON.stringify(Object.fromEntries(listed)),
    VERSION: JSON.stringify(createHash('sha256').update(JSON.stringify(listed)).digest('hex').slice(0, 16)),
  });
}

/** Scripts and styles of a page, and the chunks that their code loads later: they name each other in their text. */
function nextFilesOf(page, nextFolder) {
  const context = {};
  const manifest = join(nextFolder, 'server', 'app', `${page}_client-reference-manifest.js`);
  runInNewContext(readFileSync(manifest, 'utf8'), context);
  const { rootMainFiles } = JSON.parse(readFileSync(join(nextFolder, 'build-manifest.json'), 'utf8'));
  const chunk = /static\/(?:chunks|media)\/[\w.~-]+\.(?:js|css|woff2)(?!\.map)\b/g;
  const seen = new Set();
  const visit = text => {
    for (const [name] of text.matchAll(chunk)) {
      if (seen.has(name)) continue;
      seen.add(name);
      visit(readFileSync(join(nextFolder, name), 'utf8'));
    }
  };
  visit(JSON.stringify([rootMainFiles, context.__RSC_MANIFEST[page]]));
  return [...seen].map(name => `/_next/${name}`);
}

function fileAt(address, nextFolder) {
  const own = /^\/_next\/(static\/.+)$/.exec(address);
  return own === null ? join(here, 'public', address) : join(nextFolder, own[1]);
}

function checksumOf(path) {
  return `sha256-${createHash('sha256').update(readFileSync(path)).digest('base64')}`;
}

async function scriptOf(entry, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    format: 'iife',
    minify: true,
    write: false,
    target: 'es2022',
    legalComments: 'none',
    define,
  });
  return outputFiles[0].contents;
}

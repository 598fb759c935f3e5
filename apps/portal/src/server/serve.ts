/** One process: data folder, database, queue, and Next's server for the pages. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Environment, openBlobs } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { mendBrokenAddresses } from './broken-addresses.ts';
import { rewriteClientAddresses, trustedProxiesIn } from './client-address.ts';
import { type DataFolder, dataFolderPath, openDataFolder, requirePortalIn } from './data-folder.ts';
import { DataFolderLock } from './data-folder-lock.ts';
import { type OpenDatabase, openEmbedded, openServer } from './database.ts';
import { offerToPages, Portal, type PortalOptions } from './portal.ts';
import { giveUpSilentRequests } from './silent-requests.ts';

/** This machine for itself, whatever else hears it. */
const ownHost = '127.0.0.1';

/** Next's standalone server, which the build puts there. */
const pagesServer = fileURLToPath(new URL('../../.next/standalone/apps/portal/server.js', import.meta.url));

/** How long requests and the queue may take to end before the process ends anyway. */
const farewellMilliseconds = 20_000;

/** A data folder and its database, which nobody else has where they are embedded. */
export interface Store {
  readonly folder: DataFolder;
  readonly database: OpenDatabase;
  close(): Promise<void>;
  /** Tells commands on this machine where the portal listens. */
  announce(address: string): void;
}

export interface StoreOptions {
  /** Runs before the database is opened, which takes seconds, and after the folder is this process's own. */
  readonly before?: () => Promise<void>;
  /** Refuse a folder or a database that holds no portal, and make nothing; default: make what is missing. */
  readonly existing?: boolean;
}

/** @throws CrepitusError `data-folder`, `data-folder-locked`, `secrets`, `database-…`, `no-portal` */
export async function openStore(
  environment: Environment = process.env,
  { before = async () => {}, existing = false }: StoreOptions = {},
): Promise<Store> {
  const path = dataFolderPath(environment);
  if (existing) requirePortalIn(path, { embedded: !environment.DATABASE_URL });
  const folder = await openDataFolder(path);
  // A server has its own locks, and several portals may share it and the folder.
  const lock = environment.DATABASE_URL ? null : DataFolderLock.acquire(folder.path);
  try {
    await before();
    const database =
      lock === null
        ? await openServer(environment.DATABASE_URL!, { existing })
        : await openEmbedded(folder.database);
    return {
      folder,
      database,
      async close() {
        await database.close();
        await lock?.release();
      },
      announce: address => lock?.announce(address),
    };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Ends with the process: ctrl-C or SIGTERM. */
export async function servePortal(): Promise<void> {
  const port = portIn(process.env);
  if (!existsSync(pagesServer))
    throw new CrepitusError('not-built', 'The portal is not built; run npm run build first.', {
      kind: 'usage',
    });
  const host = process.env.CREPITUS_HOST || ownHost;
  const publicAddress = publicAddressIn(process.env, port);
  const hostsAnalyses = hostsAnalysesIn(process.env);
  rewriteClientAddresses(trustedProxiesIn(process.env));
  giveUpSilentRequests();
  mendBrokenAddresses();
  const store = await openStore(process.env, { before: () => requireFreePort(port, host) });
  const portal = await openPortal(store, { port, publicAddress, hostsAnalyses }).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  closeOnSignal(async () => {
    await portal.close();
    await store.close();
  });
  offerToPages(portal);
  // Next would exit before the database is closed.
  process.env.NEXT_MANUAL_SIG_HANDLE = 'true';
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  process.env.PORT = String(port);
  process.env.HOSTNAME = host;
  process.env.CREPITUS_ORIGINS = portal.origins.join(' ');
  await import(pathToFileURL(pagesServer).href);
  const ownAddress = `http://${['0.0.0.0', '::'].includes(host) ? ownHost : host}:${port}`;
  await listening(ownAddress);
  store.announce(ownAddress);
  // Before the first word, so that whoever reads them has both at once.
  const first = await portal.firstLink();
  console.log(`The portal is at ${portal.publicAddress} (data: ${portal.folder.path}); ctrl-C ends it.`);
  if (first !== null)
    console.log(
      `Nobody has an account yet. This link makes the first administrator, works once and for 24 hours:\n${first}`,
    );
}

async function openPortal(
  { folder, database }: Store,
  options: Pick<PortalOptions, 'port' | 'publicAddress' | 'hostsAnalyses'>,
): Promise<Portal> {
  const blobs = await openBlobs(process.env, { folder: folder.blobs, scratch: folder.uploads });
  return Portal.open(folder, database, { ...options, blobs, onTrouble: tell });
}

function closeOnSignal(close: () => Promise<void>): void {
  let closing = false;
  const onSignal = async () => {
    if (closing) return;
    closing = true;
    tell('Stopping: requests and the queue come to an end.');
    const late = setTimeout(() => {
      tell('They did not end in time; what was at work is taken up at the next start.');
      process.exit(1);
    }, farewellMilliseconds);
    try {
      await close();
      clearTimeout(late);
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  };
  // npm hands signals to its shell alone, which dies of them and leaves us behind.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined)
    setInterval(() => {
      if (process.ppid !== parent) void onSignal();
    }, 500).unref();
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function tell(sentence: string): void {
  console.error(sentence);
}

export function portIn({ PORT }: Environment): number {
  const port = Number(PORT || 3000);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new CrepitusError('port', `PORT is ${PORT}, which is no port; give a number from 1 to 65535.`, {
    kind: 'usage',
  });
}

/** Where users find the portal, for instance behind a proxy. */
export function publicAddressIn(environment: Environment, port: number): string {
  const address = environment.CREPITUS_PUBLIC_ADDRESS || `http://${ownHost}:${port}`;
  if (/^https?:\/\//.test(address) && URL.canParse(address)) return new URL(address).origin;
  throw new CrepitusError(
    'public-address',
    `CREPITUS_PUBLIC_ADDRESS is ${address}, which is no address of a site; give it as https://name.`,
    { kind: 'usage' },
  );
}

/** `CREPITUS_ANALYSES`: `here`, or by `workers`, which an embedded database cannot have. */
function hostsAnalysesIn({ CREPITUS_ANALYSES, DATABASE_URL }: Environment): boolean {
  const where = CREPITUS_ANALYSES || 'here';
  if (where === 'here') return true;
  if (where === 'workers' && DATABASE_URL) return false;
  throw new CrepitusError(
    'analyses-setting',
    where === 'workers'
      ? 'CREPITUS_ANALYSES is workers, but workers need a PostgreSQL server that they share with the portal; set DATABASE_URL, or leave CREPITUS_ANALYSES out.'
      : `CREPITUS_ANALYSES is ${where}; give here, or workers where crepitus-runner takes them.`,
    { kind: 'usage' },
  );
}

/** @throws CrepitusError `port-taken` (usage) */
async function requireFreePort(port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.code;
      reject(
        new CrepitusError(
          'port-taken',
          `The port ${port} cannot be used (${why}); stop that program or choose another port with PORT.`,
          { kind: 'usage', cause: error },
        ),
      );
    });
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

/** Resolves once somebody answers at the port. */
async function listening(address: string): Promise<void> {
  for (;;) {
    const answered = await fetch(`${address}/api/health`).catch(() => null);
    if (answered !== null) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

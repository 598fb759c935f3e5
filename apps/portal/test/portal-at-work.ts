/** A portal in a temporary data folder, asked as browsers ask it, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Blobs, DiskBlobs } from '@crepitus/analyses/node';
import { type DataFolder, openDataFolder } from '../src/server/data-folder.ts';
import type { OpenDatabase } from '../src/server/database.ts';
import { linkForNewClinic } from '../src/server/invitations.ts';
import { Portal } from '../src/server/portal.ts';
import type { Role } from '../src/server/schema.ts';

export const address = 'http://127.0.0.1:3000';
export const password = 'Tulpe-Bagger-17-Regen';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  readonly json: any;
  readonly bytes: Uint8Array;
}

export interface AskOptions {
  readonly method?: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Record<string, string>;
}

let machines = 0;

/** A browser on a machine of its own: it keeps cookies and names its origin. */
export class Client {
  readonly #machine = `10.9.${machines >> 8}.${machines++ & 255}`;
  readonly #portal: Portal;
  readonly #cookies = new Map<string, string>();

  constructor(portal: Portal) {
    this.#portal = portal;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(path: string, { method = 'GET', json, bytes, headers = {} }: AskOptions = {}): Promise<Answered> {
    const response = await this.#portal.handle(
      new Request(`${address}${path}`, {
        method,
        headers: {
          host: new URL(address).host,
          'x-forwarded-for': this.#machine,
          ...(method === 'GET' ? {} : { origin: address }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.#cookies.size > 0 ? { cookie: this.cookie } : {}),
          ...headers,
        },
        body:
          method === 'GET'
            ? null
            : json === undefined
              ? ((bytes ?? null) as BodyInit | null)
              : JSON.stringify(json),
      }),
    );
    for (const cookie of response.headers.getSetCookie()) {
      const [pair, ...attributes] = cookie.split(';');
      const at = pair!.indexOf('=');
      const gone = attributes.some(attribute => /^\s*max-age=0$/i.test(attribute));
      if (gone) this.#cookies.delete(pair!.slice(0, at));
      else this.#cookies.set(pair!.slice(0, at), pair!.slice(at + 1));
    }
    const body = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(body);
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      json: isJson ? JSON.parse(text) : undefined,
      bytes: body,
    };
  }

  post(path: string, json: unknown = {}): Promise<Answered> {
    return this.ask(path, { method: 'POST', json });
  }

  signIn(email: string, word = password): Promise<Answered> {
    return this.post('/api/auth/sign-in/email', { email, password: word });
  }
}

export interface PortalAtWork {
  readonly portal: Portal;
  readonly folder: DataFolder;
  /** Somebody without an account. */
  visitor(): Client;
  /** Makes a clinic with an administrator, who is signed in. */
  newClinic(name: string): Promise<Client>;
  /** Invites somebody, who joins and signs in. */
  newUser(administrator: Client, role: Role, email: string): Promise<Client>;
  close(): Promise<void>;
}

export interface PortalSettings {
  /** Default: in the data folder. */
  readonly blobs?: Blobs;
  readonly hostsAnalyses?: boolean;
}

export async function startPortal(
  openDatabase: () => Promise<OpenDatabase>,
  { blobs, hostsAnalyses }: PortalSettings = {},
): Promise<PortalAtWork> {
  const path = await mkdtemp(join(tmpdir(), 'crepitus-portal-'));
  const folder = await openDataFolder(join(path, 'data'));
  const database = await openDatabase();
  const portal = await Portal.open(folder, database, {
    port: 3000,
    publicAddress: address,
    blobs: blobs ?? new DiskBlobs(folder.blobs),
    hostsAnalyses,
  });
  const visitor = () => new Client(portal);
  const enter = async (link: string, email: string, clinicName: string) => {
    const client = visitor();
    const token = link.split('/').at(-1)!;
    const joined = await client.post('/api/join', { token, name: 'Ada Moor', email, password, clinicName });
    if (joined.status !== 200) throw new Error(JSON.stringify(joined.json));
    const signedIn = await client.signIn(email);
    if (signedIn.status !== 200) throw new Error(JSON.stringify(signedIn.json));
    return client;
  };
  return {
    portal,
    folder,
    visitor,
    newClinic: async name =>
      enter(await linkForNewClinic(portal.queries, address), `admin@${name.toLowerCase()}.example`, name),
    newUser: async (administrator, role, email) => {
      const { json } = await administrator.post('/api/invitations', { role, note: email });
      return enter(json.link, email, '');
    },
    async close() {
      await portal.close();
      await database.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

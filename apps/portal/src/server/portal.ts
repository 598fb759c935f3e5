/** The portal as a whole, from its data folder to what it answers; Next draws the pages and is a lodger in its process. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DetectorDescription } from '@crepitus/analyses';
import { type Blobs, portalBundle, runSoundTask, workOnAnalyses } from '@crepitus/analyses/node';
import { analysisQueue, Jobs } from '@crepitus/jobs';
import { eq } from 'drizzle-orm';
import { type Actor, type Auth, actorFrom, actorOf, isUnused, listUsers, openAuth } from './accounts.ts';
import { queueAnalysis, queueForgotten } from './analyses.ts';
import { answer } from './api.ts';
import { type LogFilter, viewLog } from './audit-log.ts';
import { viewBeforeBlindPass } from './blind-passes.ts';
import type { DataFolder } from './data-folder.ts';
import type { OpenDatabase, Queries } from './database.ts';
import { eraseMarked } from './erasures.ts';
import { failures } from './failure.ts';
import { joinLink, linkForNewClinic, listInvitations, openInvitation } from './invitations.ts';
import { sweepBlobs } from './kept-blobs.ts';
import { withoutParameters } from './logged-errors.ts';
import { listPatients, viewPatient } from './patients.ts';
import { viewRecording } from './recordings.ts';
import { viewReport } from './report.ts';
import { clinic, user } from './schema.ts';
import { ownOrigins } from './security-headers.ts';
import { type ListedSession, listSessions } from './sessions.ts';
import { uploadLimitBytes } from './uploads.ts';
import { viewVisit } from './visits.ts';

export interface PortalOptions {
  readonly port: number;
  /** Where users find it: scheme, host and port. */
  readonly publicAddress: string;
  /** Closed with the portal. */
  readonly blobs: Blobs;
  /** False: workers beside the portal compute them (crepitus-runner); default true. */
  readonly hostsAnalyses?: boolean | undefined;
  /** Told in a sentence what the queue and the store complain of. */
  readonly onTrouble?: ((sentence: string) => void) | undefined;
}

export class Portal {
  readonly folder: DataFolder;
  readonly queries: Queries;
  readonly blobs: Blobs;
  readonly auth: Auth;
  readonly publicAddress: string;
  readonly origins: readonly string[];
  readonly #database: OpenDatabase;
  readonly #jobs: Jobs;
  readonly #stop = new AbortController();
  readonly #answering = new Set<Promise<unknown>>();
  #working: Promise<unknown> = Promise.resolve();
  #erasing: Promise<void> = Promise.resolve();
  #isErasureDue = false;
  #sweeps: NodeJS.Timeout | undefined;
  #detector: Promise<DetectorDescription> | null = null;

  private constructor(folder: DataFolder, database: OpenDatabase, jobs: Jobs, options: PortalOptions) {
    this.folder = folder;
    this.#database = database;
    this.queries = database.queries;
    this.blobs = options.blobs;
    this.publicAddress = options.publicAddress;
    this.origins = ownOrigins(this.publicAddress, options.port);
    this.#jobs = jobs;
    this.auth = openAuth(this.queries, {
      secret: folder.secrets.auth,
      publicAddress: this.publicAddress,
      trustedOrigins: this.origins,
    });
  }

  static async open(folder: DataFolder, database: OpenDatabase, options: PortalOptions): Promise<Portal> {
    const { onTrouble } = options;
    const jobs = await database.oneByOne(() => Jobs.open(database.jobs, { onTrouble }));
    const portal = new Portal(folder, database, jobs, options);
    await clearUploads(folder.uploads, database.shared);
    if (!database.shared) await jobs.endLeases(analysisQueue); // An earlier process of ours was killed.
    await queueForgotten(portal.queries, jobs);
    portal.#work(database, onTrouble, options.hostsAnalyses ?? true);
    portal.eraseDeleted(); // Of deletions after which an earlier process was killed.
    return portal;
  }

  #work(database: OpenDatabase, onTrouble: PortalOptions['onTrouble'], hostsAnalyses: boolean): void {
    const { queries, blobs } = this;
    const { signal } = this.#stop;
    const told = (what: string) => (error: unknown) =>
      onTrouble?.(`${what}: ${(withoutParameters(error) as Error).message}`);
    const sweep = () => sweepBlobs(queries, blobs, signal).catch(told('Leftovers stay where they are'));
    this.#sweeps = setInterval(() => void this.#tracked(sweep), sweepMilliseconds).unref();
    void this.#tracked(sweep);
    if (hostsAnalyses)
      this.#working = workOnAnalyses(this.#jobs, { database: database.jobs, blobs, signal }).catch(
        told('Analyses stopped'),
      );
  }

  /** Answers a request under /api. */
  handle(request: Request): Promise<Response> {
    return this.#tracked(async () => {
      if (this.#stop.signal.aborted) throw failures.closing();
      return answer(this, request);
    }).catch(() => new Response(null, { status: 503 }));
  }

  /** Goes on when the answer is gone, whose time must not tell of it; the portal closes after it. */
  afterwards(work: () => Promise<void>): void {
    void this.#tracked(work).catch(error => console.error(error));
  }

  /** After a deletion. Those that come while it is at work share the next time: the database answers nothing else meanwhile. */
  eraseDeleted(): void {
    if (this.#isErasureDue) return;
    this.#isErasureDue = true;
    const before = this.#erasing.catch(() => {});
    this.#erasing = before.then(() => {
      this.#isErasureDue = false;
      return eraseMarked(this.#database);
    });
    this.afterwards(() => this.#erasing);
  }

  readonly queue = (analysis: string): Promise<void> => queueAnalysis(this.queries, this.#jobs, analysis);

  /** Of each analysis that waits how many come before it. */
  readonly before = (): Promise<ReadonlyMap<string, number>> => this.#jobs.before(analysisQueue);

  /** Who asks for a page. */
  actorOf(headers: Headers): Promise<Actor | null> {
    return this.#tracked(() => actorOf(this.auth, this.queries, headers));
  }

  /** Where somebody is signed in, as seen by the one of these sessions that asks. */
  sessionsOf(actor: Actor, headers: Headers): Promise<ListedSession[]> {
    return this.#tracked(() => listSessions(this.auth, this.queries, actor, headers));
  }

  async actorById(userId: string): Promise<Actor | null> {
    const [row] = await this.queries
      .select({ user, clinicName: clinic.name })
      .from(user)
      .innerJoin(clinic, eq(clinic.id, user.clinicId))
      .where(eq(user.id, userId));
    if (row === undefined) return null;
    return actorFrom(row.user, row.clinicName);
  }

  readonly uploadMegabytes = uploadLimitBytes / 2 ** 20;

  /** What pages show, each for a clinic's own. */
  readonly pages = {
    patients: (actor: Actor) => this.#tracked(() => listPatients(this.queries, actor)),
    patient: (actor: Actor, id: string) => this.#tracked(() => viewPatient(this.queries, actor, id)),
    visit: (actor: Actor, id: string) => this.#tracked(() => viewVisit(this.queries, actor, id)),
    report: (actor: Actor, id: string) => this.#tracked(() => viewReport(this.queries, actor, id)),
    recording: (actor: Actor, id: string) => this.#tracked(() => viewRecording(this.queries, actor, id)),
    blindPass: (actor: Actor, id: string) =>
      this.#tracked(() => viewBeforeBlindPass(this.queries, actor, id)),
    users: (actor: Actor) => this.#tracked(() => listUsers(this.queries, actor)),
    invitations: (actor: Actor) => this.#tracked(() => listInvitations(this.queries, actor)),
    log: (actor: Actor, filter: LogFilter) => this.#tracked(() => viewLog(this.queries, actor, filter)),
    detector: () => this.#tracked(() => this.#describeDetector()),
    invitation: (token: string) => this.#tracked(() => openInvitation(this.queries, token)),
  };

  /** Read once; a failure is tried again. */
  #describeDetector(): Promise<DetectorDescription> {
    this.#detector ??= runSoundTask({ type: 'describe', bundle: portalBundle } as const).catch(
      (error: unknown) => {
        this.#detector = null;
        throw error;
      },
    );
    return this.#detector;
  }

  joinLink(token: string): string {
    return joinLink(this.publicAddress, token);
  }

  /** Printed at the start while nobody has an account. */
  async firstLink(): Promise<string | null> {
    return (await isUnused(this.queries)) ? linkForNewClinic(this.queries, this.publicAddress) : null;
  }

  /** Lets requests end and puts the analysis at work back into the queue; the database stays open. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('The portal is being stopped.'));
    clearInterval(this.#sweeps);
    await this.#working;
    while (this.#answering.size > 0) await Promise.allSettled([...this.#answering]); // What ends may begin what goes on afterwards.
    await this.#jobs.close();
    this.blobs.close();
  }

  async #tracked<Result>(work: () => Promise<Result>): Promise<Result> {
    const promise = work();
    this.#answering.add(promise);
    try {
      return await promise;
    } catch (error) {
      throw withoutParameters(error); // Next logs what pages throw.
    } finally {
      this.#answering.delete(promise);
    }
  }
}

const sweepMilliseconds = 24 * 3600_000;

/** Of portals that share a folder each may have uploads of its own on their way; those of an hour ago are nobody's. */
async function clearUploads(folder: string, shared: boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (shared && info !== null && Date.now() - info.mtimeMs < 3600_000) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Where pages find the portal: Next's bundles share nothing with us but the global object. */
const place = Symbol.for('crepitus.portal');

export function offerToPages(portal: Portal): void {
  (globalThis as Record<symbol, unknown>)[place] = portal;
}

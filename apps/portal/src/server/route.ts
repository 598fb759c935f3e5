/** What a route of the API is, and what all of them do alike; api.ts has the table of them. */
import type { z } from 'zod';
import type { Actor } from './accounts.ts';
import { failures, isCutOff } from './failure.ts';
import type { Portal } from './portal.ts';
import { type Role, roles } from './schema.ts';

/** `anyone`: without an account. `commands`: with the secret of the data folder, from the command line. */
export type Admission = readonly Role[] | 'anyone' | 'commands';

export interface Asked {
  readonly portal: Portal;
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly admission: Admission;
  readonly handle: (asked: Asked, actor: Actor) => Promise<unknown>;
  /** Asked by pages on their own: it keeps nobody signed in. */
  readonly inBackground?: boolean;
}

export const all: Admission = roles;
export const clinical: Admission = ['administrator', 'clinician'];
export const administrator: Admission = ['administrator'];

export function background(path: string, handle: Route['handle']): Route {
  return { ...route('GET', path, all, handle), inBackground: true };
}

export function route(
  method: Route['method'],
  path: string,
  admission: Admission,
  handle: Route['handle'],
): Route {
  return { method, path, admission, handle };
}

const longestBody = 64 * 1024;

/** @throws Failure `form` (400) */
export async function body<Form>(
  request: Request,
  schema: z.ZodType<Form>,
  limitBytes = longestBody,
): Promise<Form> {
  const json = await readJson(request, limitBytes);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw failures.form(`The field ${path.join('.') || 'body'} is not as it must be: ${message}.`);
}

async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw failures.tooLong();
      chunks.push(chunk);
    }
  } catch (error) {
    throw isCutOff(error) ? failures.cutOff() : error;
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw failures.form('The request is no JSON.');
  }
}

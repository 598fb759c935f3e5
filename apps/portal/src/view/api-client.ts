/** Asks the portal from a page; a refusal is a value, with a code for the catalogue. */
import type { Text } from '../text/index.ts';
import { failureText } from '../text/translated.ts';

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly waitSeconds?: number;
}

export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

export async function ask<Value = unknown>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  json?: unknown,
): Promise<Reply<Value>> {
  try {
    const response = await fetch(path, {
      method,
      ...(json === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
    });
    return await replyOf<Value>(response);
  } catch {
    return unreachable;
  }
}

/** The bytes of a file that the portal stores; null once `gone`. */
export async function askBytes(path: string, gone: AbortSignal): Promise<Reply<Uint8Array> | null> {
  try {
    const response = await fetch(path, { signal: gone });
    if (!response.ok) return await replyOf(response);
    return { ok: true, value: new Uint8Array(await response.arrayBuffer()) };
  } catch {
    return gone.aborted ? null : unreachable;
  }
}

const unreachable = {
  ok: false,
  refusal: { code: 'unreachable', message: 'The portal does not answer.' },
} as const;

async function replyOf<Value>(response: Response): Promise<Reply<Value>> {
  const body = await response.json().catch(() => null);
  if (response.ok) return { ok: true, value: body as Value };
  return {
    ok: false,
    refusal: body?.error ?? { code: 'fault', message: `The portal failed (${response.status}).` },
  };
}

/** Sends a file, and tells how far it is: fetch cannot. */
export function sendFile<Value>(
  path: string,
  file: Blob,
  onSent: (share: number) => void,
): Promise<Reply<Value>> {
  return new Promise(resolve => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total);
    request.onerror = () => resolve(unreachable);
    request.onload = () => {
      const body = new Response(request.responseText, { status: request.status });
      void replyOf<Value>(body).then(resolve);
    };
    request.send(file);
  });
}

export function refusalText(text: Text, refusal: Refusal): string {
  return refusal.waitSeconds === undefined
    ? failureText(text, refusal)
    : text.tooManyTries(refusal.waitSeconds);
}

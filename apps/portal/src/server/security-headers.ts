/** Headers of every answer. Imported by Next's proxy too, so it depends on nothing. */

/**
 * Of pages: scripts by nonce, WebAssembly for the signal core. On every page, because a page that is reached by a link
 * within the portal keeps the policy of the one that was loaded.
 */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Of answers that are no page. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(self), payment=(), usb=()',
  'cache-control': 'no-store',
};

/** Browsers then refuse plain http for a year; said on https alone. */
export const transportHeader = ['strict-transport-security', 'max-age=31536000'] as const;

/**
 * Of static files. A worker has the policy that its script came with: what decodes and scores recordings in a browser
 * reaches this portal's files, and can send nothing anywhere else.
 */
export const scriptHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * The addresses that a portal answers to: the public one, and this machine's names for itself. Any other name in a request
 * is somebody's domain that points here (DNS rebinding).
 */
export function ownOrigins(publicAddress: string, port: number): string[] {
  const local = ['127.0.0.1', 'localhost', '[::1]'].map(host => `http://${host}:${port}`);
  return [...new Set([new URL(publicAddress).origin, ...local])];
}

export function isOwnHost(host: string | null, origins: readonly string[]): boolean {
  return host !== null && origins.some(origin => new URL(origin).host === host.toLowerCase());
}

/** Of the request that pages see: what was asked for, set by proxy.ts whatever a browser sends. */
export const askedPathHeader = 'x-crepitus-asked';

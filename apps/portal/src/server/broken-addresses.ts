/** Addresses with a `%` that escapes nothing, such as `/patients/%`, which Next answers with a bare 500. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** From now on they name, for every HTTP server of this process, Next's too, what stands there: a page that is not there. */
export function mendBrokenAddresses(): void {
  subscribe('http.server.request.start', message => {
    const { request } = message as { request: IncomingMessage };
    request.url = mendedAddress(request.url ?? '/');
  });
}

/** With each `%` of the path as such where the path cannot be decoded. */
export function mendedAddress(address: string): string {
  const end = address.indexOf('?');
  const path = end < 0 ? address : address.slice(0, end);
  try {
    decodeURIComponent(path);
    return address;
  } catch {
    return path.replaceAll('%', '%25') + address.slice(path.length);
  }
}

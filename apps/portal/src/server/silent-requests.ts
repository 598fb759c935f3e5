/**
 * How long a request may take: as long as it sends. Node's own limit (five minutes for a whole request) cuts off large
 * recordings on slow lines, whatever they have sent.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';

/** From now on every HTTP server of this process, Next's too, gives a request up only when nothing moves for so long. */
export function giveUpSilentRequests(milliseconds = 300_000): void {
  subscribe('http.server.request.start', message => {
    const { request, server } = message as { request: IncomingMessage; server: Server };
    server.requestTimeout = 0;
    request.socket.setTimeout(milliseconds);
  });
}

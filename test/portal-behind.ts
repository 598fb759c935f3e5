/** A way to the portal that a test can cut, watch, and change: a proxy on a port of its own. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Bytes that were sent along. */
  readonly sent: number;
}

export interface WayToPortal {
  readonly address: string;
  /** Everything that came by, service workers' requests too. */
  readonly asked: Asked[];
  /** Where set, what an address answers in place of what the portal says. */
  change: ((path: string, body: Buffer) => Buffer) | null;
  /** Nothing comes through until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param portal where the portal listens; it must know the address of the way as its public one */
export async function wayToPortal(port: number, portal: () => string): Promise<WayToPortal> {
  const asked: Asked[] = [];
  let isCut = false;
  const server = createServer((question, answer) => {
    if (isCut) return void question.socket.destroy();
    const path = question.url!;
    let sent = 0;
    question.on('data', (chunk: Buffer) => {
      sent += chunk.length;
    });
    question.on('end', () => asked.push({ method: question.method!, path, sent }));
    const onward = request(
      new URL(path, portal()),
      { method: question.method!, headers: { ...question.headers, 'accept-encoding': 'identity' } },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          const changed = way.change?.(path, body) ?? body;
          const { 'transfer-encoding': _, 'content-length': __, ...headers } = response.headers;
          answer.writeHead(response.statusCode!, { ...headers, 'content-length': changed.length });
          answer.end(question.method === 'HEAD' ? undefined : changed);
        });
      },
    );
    onward.on('error', () => answer.destroy());
    question.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const way: WayToPortal = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    change: null,
    cut() {
      isCut = true;
      server.closeAllConnections();
    },
    mend() {
      isCut = false;
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return way;
}

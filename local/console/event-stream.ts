import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ConsoleBackend } from './backend.ts';
import { toVisibleJson } from './visible-json.ts';

/** A viewer that reads slower than this many bytes behind is cut off; its browser comes back and asks for what it missed. */
const BACKLOG_LIMIT = 4 * 1024 * 1024;

/**
 * Sends the timeline as server-sent events (HTML standard, section 9.2), the id of each being its sequence number, so that a browser that
 * reconnects says with Last-Event-ID where it was.
 */
export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  backend: ConsoleBackend,
  headers: OutgoingHttpHeaders,
): void {
  const after = Number(request.headers['last-event-id'] ?? 0) || 0;
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write('retry: 1000\n\n');
  const send = (entry: { readonly sequence: number }) => {
    response.write(`id: ${entry.sequence}\ndata: ${toVisibleJson(entry)}\n\n`);
    if (response.writableLength > BACKLOG_LIMIT) response.destroy();
  };
  const stop = backend.onTimeline(send);
  for (const entry of backend.timeline(after)) send(entry);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), 15_000);
  heartbeat.unref();
  response.on('close', () => {
    stop();
    clearInterval(heartbeat);
  });
}

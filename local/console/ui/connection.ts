import type { z } from 'zod';
import { errorSchema, type TimelineEntryView, timelineEntrySchema } from '../api.ts';

/** Asks the console's server. Throws an Error with its words where it refuses, or with ours where it cannot be reached. */
export async function ask<T>(path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const response = await fetch(
    path,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  ).catch((cause: unknown) => {
    throw new Error('The console cannot be reached. Is it still running?', { cause });
  });
  const answer: unknown = await response.json();
  if (response.ok) return schema.parse(answer);
  const refusal = errorSchema.safeParse(answer);
  throw new Error(refusal.success ? refusal.data.error.message : `The console answered ${response.status}.`);
}

export interface StreamListener {
  onEntries(entries: readonly TimelineEntryView[]): void;
  onOpen(): void;
  onLost(): void;
}

/** Follows the timeline, entries bundled for each repaint. Returns a function that stops it. */
export function followTimeline(listener: StreamListener): () => void {
  const source = new EventSource('/api/stream');
  let waiting: TimelineEntryView[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const entries = waiting;
    waiting = [];
    listener.onEntries(entries);
  };
  source.onmessage = (message) => {
    const entry = timelineEntrySchema.safeParse(JSON.parse(String(message.data)));
    if (!entry.success) return;
    waiting.push(entry.data);
    timer ??= setTimeout(flush, 60);
  };
  source.onopen = () => listener.onOpen();
  source.onerror = () => listener.onLost();
  return () => {
    source.close();
    clearTimeout(timer);
  };
}

import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { type AccountContext, happens, newId } from './context.ts';

export interface RedrivePolicy {
  readonly deadLetterQueue: Queue;
  readonly maxReceiveCount: number;
}

export interface QueueSettings {
  /** Seconds. */
  readonly visibilityTimeout: number;
  /** Seconds. */
  readonly delay: number;
  /** Seconds. */
  readonly retention: number;
  /** Bytes. */
  readonly maximumMessageSize: number;
  readonly redrive: RedrivePolicy | undefined;
}

export interface SentMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>;
  /** Seconds; default: the delay of the queue. */
  readonly delay?: number;
  /** Who sent it, as SenderId shows it. */
  readonly sender: string;
  /** Whether the duplicates fault applies. Default true. */
  readonly mayDuplicate?: boolean;
}

/** A message in a queue. Times in Unix milliseconds. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly md5: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly sender: string;
  readonly sentAt: number;
  readonly deadLetterSource: string | undefined;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** The newest one; older ones no longer delete (SQS API reference, DeleteMessage). */
  receiptHandle: string | undefined;
}

/** How far messages overtake each other while that fault is on, in milliseconds. */
const REORDER_SPREAD = 2000;

/** One standard queue: at least once, best-effort order. */
export class Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly settings: QueueSettings;
  /** True once another queue names this one in its redrive policy. */
  holdsDeadLetters = false;
  private readonly context: AccountContext;
  private readonly messages = new Set<QueuedMessage>();
  private readonly handles = new Map<string, QueuedMessage>();
  private readonly listeners = new Set<() => void>();

  constructor(context: AccountContext, name: string, settings: QueueSettings) {
    this.context = context;
    this.name = name;
    this.url = `https://sqs.${context.region}.amazonaws.com/${context.id}/${name}`;
    this.arn = `arn:aws:sqs:${context.region}:${context.id}:${name}`;
    this.settings = settings;
    if (settings.redrive !== undefined) settings.redrive.deadLetterQueue.holdsDeadLetters = true;
  }

  /** Calls back whenever a message was added or became due at another time. Returns a function that stops it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  send(sent: SentMessage): QueuedMessage {
    const now = this.context.clock.now();
    const delay = (sent.delay ?? this.settings.delay) * 1000;
    const message = (): QueuedMessage => ({
      id,
      body: sent.body,
      md5: createHash('md5').update(sent.body).digest('hex'),
      attributes: sent.attributes ?? {},
      sender: sent.sender,
      sentAt: now,
      deadLetterSource: undefined,
      visibleAt: now + delay + (this.context.faults.reorder ? Math.floor(this.context.random() * REORDER_SPREAD) : 0),
      receiveCount: 0,
      firstReceivedAt: undefined,
      receiptHandle: undefined,
    });
    const id = newId(this.context);
    const first = message();
    this.add(first, `in queue ${this.name}${delay > 0 ? ` after ${delay / 1000} s` : ''}`);
    if (sent.mayDuplicate !== false && happens(this.context, this.context.faults.duplicateRate)) {
      this.context.timeline.add('fault', this.traceOf(first), `message duplicated in ${this.name}`, { messageId: id });
      this.add(message(), `in queue ${this.name} once more`);
    }
    return first;
  }

  /**
   * Hands out up to `most` visible messages and hides them for `visibilityTimeout` seconds (default: the queue's). A message that was already
   * received `maxReceiveCount` times goes to the dead letters instead. All together they have at most `mostBytes`, but at least one is handed out.
   */
  receive(
    most: number,
    visibilityTimeout: number = this.settings.visibilityTimeout,
    mostBytes: number = Number.POSITIVE_INFINITY,
  ): QueuedMessage[] {
    const now = this.context.clock.now();
    const received: QueuedMessage[] = [];
    let bytes = 0;
    for (const message of this.visible(now)) {
      if (received.length >= most) break;
      if (message.receiveCount >= (this.settings.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
        this.redrive(message);
        continue;
      }
      bytes += Buffer.byteLength(message.body);
      if (received.length > 0 && bytes > mostBytes) break;
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityTimeout * 1000;
      if (message.receiptHandle !== undefined) this.handles.set(message.receiptHandle, message);
      message.receiptHandle = newId(this.context);
      this.handles.set(message.receiptHandle, message);
      received.push(message);
    }
    if (received.length > 0) this.changed();
    return received;
  }

  /** The message a receipt handle was given out for, deleted or not; undefined for a handle of another queue or none at all. */
  findByHandle(handle: string): QueuedMessage | undefined {
    return this.handles.get(handle);
  }

  isInFlight(message: QueuedMessage): boolean {
    return this.messages.has(message) && message.receiveCount > 0 && message.visibleAt > this.context.clock.now();
  }

  /** Deletes the message if the handle is its newest one, else does nothing. */
  delete(handle: string): void {
    const message = this.handles.get(handle);
    if (message === undefined || message.receiptHandle !== handle) return;
    this.messages.delete(message);
    this.changed();
  }

  changeVisibility(message: QueuedMessage, seconds: number): void {
    message.visibleAt = this.context.clock.now() + seconds * 1000;
    this.changed();
  }

  /** When the next message is or was visible; undefined for an empty queue. */
  nextVisibleAt(): number | undefined {
    this.expire();
    let next: number | undefined;
    for (const { visibleAt } of this.messages) if (next === undefined || visibleAt < next) next = visibleAt;
    return next;
  }

  countVisible(): number {
    return this.visible(this.context.clock.now()).length;
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.expire();
    const visible = this.countVisible();
    const inFlight = [...this.messages].filter((message) => this.isInFlight(message)).length;
    return { visible, inFlight, delayed: this.messages.size - visible - inFlight };
  }

  private visible(now: number): QueuedMessage[] {
    this.expire();
    const visible = [...this.messages].filter((message) => message.visibleAt <= now);
    if (!this.context.faults.reorder) return visible;
    return visible
      .map((message) => ({ message, place: this.context.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ message }) => message);
  }

  private add(message: QueuedMessage, summary: string): void {
    this.messages.add(message);
    this.context.timeline.add(this.holdsDeadLetters ? 'dead-letter' : 'queue', this.traceOf(message), summary, {
      queue: this.name,
      messageId: message.id,
    });
    this.changed();
  }

  private redrive(message: QueuedMessage): void {
    const target = this.settings.redrive?.deadLetterQueue;
    if (target === undefined) return;
    this.messages.delete(message);
    target.add(
      {
        ...message,
        deadLetterSource: this.arn,
        visibleAt: this.context.clock.now(),
        receiptHandle: undefined,
      },
      `dead letter of ${this.name} after ${message.receiveCount} attempts`,
    );
  }

  private expire(): void {
    const oldest = this.context.clock.now() - this.settings.retention * 1000;
    for (const message of this.messages) if (message.sentAt < oldest) this.messages.delete(message);
  }

  private traceOf(message: QueuedMessage): string | undefined {
    return this.context.traces.ofMessage(message.body);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

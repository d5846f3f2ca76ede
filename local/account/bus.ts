import type { AccountContext, ServiceEvent } from './context.ts';

export interface Bus {
  emit(event: unknown): void;
  emitFromService(event: ServiceEvent): void;
}

export function createBus(context: AccountContext): Bus {
  const emit = (event: unknown) => context.timeline.add('event', context.traces.ofMessage(event), 'event', event);
  return { emit, emitFromService: emit };
}

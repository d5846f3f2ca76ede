import { expect, it } from 'vitest';
import { virtualClock } from '../../../local/account/clock.ts';

it('runs what falls due in order, and what that plans in turn', async () => {
  const clock = virtualClock(1000);
  const log: string[] = [];
  clock.schedule(20, () => log.push(`late ${clock.now()}`));
  clock.schedule(10, () => {
    log.push(`early ${clock.now()}`);
    clock.schedule(5, () => log.push(`planned ${clock.now()}`));
  });
  clock.schedule(10, () => log.push('second of two'));
  await clock.advance(15);
  expect(log).toEqual(['early 1010', 'second of two', 'planned 1015']);
  expect(clock.now()).toBe(1015);
  expect(clock.nextDue()).toBe(1020);
});

it('does not run what was cancelled', async () => {
  const clock = virtualClock(0);
  const log: string[] = [];
  const cancel = clock.schedule(10, () => log.push('never'));
  cancel();
  cancel();
  await clock.advance(100);
  expect(log).toEqual([]);
});

it('stands still while work is held', async () => {
  const clock = virtualClock(0);
  const log: string[] = [];
  clock.schedule(10, () => {
    clock.hold(
      new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => void log.push(`work done at ${clock.now()}`)),
    );
  });
  clock.schedule(20, () => log.push(`next at ${clock.now()}`));
  await clock.advance(20);
  expect(log).toEqual(['work done at 10', 'next at 20']);
});

it('goes on after held work that failed', async () => {
  const clock = virtualClock(0);
  clock.hold(Promise.reject(new Error('boom')));
  await expect(clock.advance(1)).resolves.toBeUndefined();
});

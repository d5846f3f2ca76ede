const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Moves the focus among the buttons of a list with the arrow keys, Home and End. Attach to the element around them. */
export function moveFocusByArrows(event: KeyboardEvent): void {
  const list = event.currentTarget;
  if (!(list instanceof HTMLElement)) return;
  const buttons = [...list.querySelectorAll<HTMLElement>('[data-arrow-stop]')];
  const at = buttons.findIndex((button) => button.matches(':focus'));
  if (at < 0) return;
  const wanted = targetIndex(event.key, at, buttons.length);
  if (wanted === undefined) return;
  event.preventDefault();
  buttons[wanted]?.focus();
}

function targetIndex(key: string, at: number, length: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  const step = STEPS[key];
  return step === undefined ? undefined : Math.min(Math.max(at + step, 0), length - 1);
}

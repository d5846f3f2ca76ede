const PATHS = {
  check: 'M3 8.5l3.2 3.2L13 4.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  dash: 'M3.5 8h9',
  clock: 'M8 4.5V8l2.4 1.6M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z',
  question: 'M5.6 6a2.4 2.4 0 1 1 3.5 2.1c-.8.5-1.1.8-1.1 1.7M8 12.4v.2',
  gone: 'M3.5 4.5h9M6.5 4.5V3h3v1.5M5 4.5l.6 8.5h4.8l.6-8.5',
  play: 'M5 3.5v9l7-4.5z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M12.8 9.9A5.6 5.6 0 0 1 6.1 3.2a5.6 5.6 0 1 0 6.7 6.7z',
  system: 'M2.5 3.5h11v7.5h-11zM6 13.5h4M8 11v2.5',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing in the colour of the text around it. Says nothing to a screen reader: the words beside it do. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

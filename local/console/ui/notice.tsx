import type { ComponentChildren } from 'preact';

/** What stands where there is nothing to show, and why. */
export function Notice({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      <p>{children}</p>
    </div>
  );
}

import type { Overview } from '../api.ts';
import { Icon } from './icon.tsx';
import type { ConnectionState } from './use-console.ts';
import { useTheme } from './use-theme.ts';

const CONNECTION: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Connection lost, trying again',
};

export function TopBar({
  overview,
  connection,
}: {
  readonly overview: Overview | undefined;
  readonly connection: ConnectionState;
}) {
  const [theme, nextTheme] = useTheme();
  return (
    <header class="top-bar">
      <img src="/icon.svg" alt="" width="24" height="24" />
      <h1>Countersign</h1>
      <p class="place">
        {overview === undefined ? (
          'embedded account'
        ) : (
          <>
            <span>embedded account {overview.account}</span>
            <span>{overview.region}</span>
            <span>grace {overview.graceSeconds} s</span>
          </>
        )}
      </p>
      <p class={`connection connection-${connection}`} role="status">
        {CONNECTION[connection]}
      </p>
      <button
        type="button"
        class="quiet"
        onClick={nextTheme}
        aria-label={`Colours: ${theme}. Change`}
        title={`Colours: ${theme}`}
      >
        <Icon name={theme === 'light' ? 'sun' : theme === 'dark' ? 'moon' : 'system'} />
      </button>
    </header>
  );
}

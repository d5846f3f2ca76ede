/** The error that something throws, or the news that it throws none. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return 'nothing was thrown';
  } catch (thrown) {
    return thrown;
  }
}

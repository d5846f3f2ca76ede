/** One table of results. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly cells: readonly string[];
  /** What the figure should be. */
  readonly goal: string;
  readonly met: boolean;
}

/** A section as aligned text. */
export function formatSection({ title, columns, rows }: Section): string {
  const lines = [
    [...columns, 'goal', ''],
    ...rows.map(({ cells, goal, met }) => [...cells, goal, met ? 'met' : 'MISSED']),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...text].join('\n');
}

/**
 * A cell as spreadsheets name it: row 811 and column 3, both 0-based → "D812"; without a column "row 812"; null where
 * neither is known.
 */
export function cellName(row: number | null, column: number | null): string | null {
  if (row === null) return null
  return column === null ? `row ${row + 1}` : `${letters(column)}${row + 1}`
}

function letters(column: number): string {
  const rest = String.fromCharCode(65 + (column % 26))
  return column < 26 ? rest : letters(Math.floor(column / 26) - 1) + rest
}

/** Counts rows and cells that are not blank, so that every reader is known to have read everything. */
export function cellCounter() {
  let rows = 0
  let cells = 0
  return {
    row(values: readonly unknown[]) {
      rows++
      for (const value of values) if (value !== null && value !== undefined && value !== '') cells++
    },
    print() {
      console.log(JSON.stringify({ rows, cells }))
    },
  }
}

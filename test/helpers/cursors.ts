/** Times in milliseconds that a cursor may claim, and at which no row was written; PostgreSQL cannot read most of them. */
export const timesOfNoRow = [-1, Date.UTC(10_000, 0), 1e15, 8.64e15, Number.MAX_SAFE_INTEGER]

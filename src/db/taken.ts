/**
 * Whether a statement failed because another row has a value that has to be unique. PostgreSQL says so when both were
 * written at once and neither saw the other; with one writer at a time it cannot happen.
 * @param index the name of the unique index
 */
export function isTaken(error: unknown, index: string): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && each.code === uniqueViolation)
      return 'constraint_name' in each && each.constraint_name === index
  return false
}

/** As PostgreSQL numbers it. */
const uniqueViolation = '23505'

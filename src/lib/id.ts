/** A UUIDv7: ids that people name sort by the time they were made. */
export function newId(): string {
  return Bun.randomUUIDv7()
}

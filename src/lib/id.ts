/** A UUIDv7: ids that people name sort by the time they were made. */
export function newId(): string {
  return Bun.randomUUIDv7()
}

/** When a UUIDv7 was made, to the millisecond. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16))
}

/** Asks again and again until it is so; a test must not depend on how quick the machine is. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It never came to this: ${what}`)
    await Bun.sleep(10)
  }
}

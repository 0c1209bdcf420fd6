/**
 * The folder of real files that tests may read where it lies, or null: those tests are then skipped. Nothing of it
 * is ever copied into the project.
 */
export const corpus: string | null = process.env.TALLYMAN_CORPUS ?? null

if (process.env.CI !== undefined && corpus === null) {
  throw new Error(
    'TALLYMAN_CORPUS is not set. CI must switch the corpus on: set it to the folder of the corpus.',
  )
}

/** Reads a stream up to the first match of the pattern's first group, and leaves the rest unread. */
export async function firstMatch(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream.values({ preventCancel: true })) {
    text += decoder.decode(chunk, { stream: true })
    const match = pattern.exec(text)?.[1]
    if (match !== undefined) return match
  }
  throw new Error(`It ended without saying ${pattern}:\n${text}`)
}

/** The executable that scripts/test builds, or null: then smoke tests are skipped, except in CI. */
export const executable: string | null = process.env.TALLYMAN_TEST_EXECUTABLE || null

if (process.env.CI && executable === null) {
  throw new Error('TALLYMAN_TEST_EXECUTABLE is not set. CI must test the executable: run scripts/test.')
}

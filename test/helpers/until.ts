/** Asks again and again until there is an answer. @throws Error when there is none within half a minute, unless said */
export async function until<Result>(
  ask: () => Promise<Result | null | undefined | false> | Result | null | undefined | false,
  deadlineMs = 30_000,
): Promise<Result> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`It never came true: ${ask}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** How often is looked whether somebody who reads may still do so, in milliseconds. */
const lookMs = 2000

/**
 * A stream that ends within seconds after whoever reads it may no longer: signed out, revoked, expired, or given
 * another role. What cannot be looked up right now is looked up the next time.
 * @param options.mayStill looks it up; it counts as no use of the session or token
 * @param options.isWhole whether the stream may end there like any other; if not, it breaks off
 */
export function whileAllowed(
  stream: ReadableStream<Uint8Array>,
  { mayStill, isWhole }: { mayStill(): Promise<boolean>; isWhole: boolean },
): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  let timer: ReturnType<typeof setInterval>
  let isLooking = false
  let isOver = false

  const leave = (reason: Error) => {
    clearInterval(timer)
    isOver = true
    // Whoever writes it learns of it here; that they fail at it concerns nobody any more.
    return reader.cancel(reason).catch(() => {})
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const look = async () => {
          if (isLooking || isOver) return
          isLooking = true
          const may = await mayStill().catch(() => true)
          isLooking = false
          if (may || isOver) return
          const reason = new Error('Whoever read this may not any longer.')
          void leave(reason)
          if (isWhole) controller.close()
          else controller.error(reason)
        }
        timer = setInterval(look, lookMs)
        timer.unref()
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (isOver) return
          if (!done) return controller.enqueue(value)
          isOver = true
          clearInterval(timer)
          controller.close()
        } catch (error) {
          if (isOver) return
          isOver = true
          clearInterval(timer)
          controller.error(error)
        }
      },
      cancel: () => leave(new Error('The reader has gone.')),
    },
    // What waits for the reader waits in the stream itself, which counts it.
    { highWaterMark: 0 },
  )
}

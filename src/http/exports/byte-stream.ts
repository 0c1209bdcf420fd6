/**
 * Bytes as a reader takes them: whoever writes them waits while the reader does not.
 * @param produce writes everything into the sink; its `write` throws when the reader has gone
 * @param onEnd when it is over, however it ended, once
 */
export function byteStream(
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  onEnd: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let wanted = Promise.withResolvers<void>()
  const gone = new Error('The reader has gone.')
  let isGone = false
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = async (bytes: Uint8Array) => {
          while (!isGone && (controller.desiredSize ?? 0) <= 0) {
            wanted = Promise.withResolvers()
            await wanted.promise
          }
          if (isGone) throw gone
          controller.enqueue(bytes)
        }
        // Not awaited: the stream is there before its first byte is.
        produce(write).then(
          () => {
            if (!isGone) controller.close()
            onEnd(null)
          },
          (error: unknown) => {
            // A file that was cut off must not look like a whole one: the connection ends without its end.
            if (!isGone) controller.error(error)
            onEnd(isGone ? null : error)
          },
        )
      },
      pull() {
        wanted.resolve()
      },
      cancel() {
        isGone = true
        wanted.resolve()
      },
    },
    { highWaterMark: 2 },
  )
}

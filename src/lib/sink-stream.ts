import { Writable } from 'node:stream'

/** A stream into a sink, for writers that know streams only; `turn` waits until what was written has gone. */
export function sinkStream(sink: (bytes: Uint8Array) => Promise<void>): Writable & { turn(): Promise<void> } {
  let under = Promise.resolve()
  const stream = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      under = sink(chunk)
      under.then(() => done(), done)
    },
  })
  const turn = async () => {
    await under
    await new Promise((resolve) => setImmediate(resolve))
    // What is packed already and waits to be written.
    while (stream.writableNeedDrain && !stream.destroyed)
      await new Promise((resolve) => setImmediate(resolve))
  }
  return Object.assign(stream, { turn })
}

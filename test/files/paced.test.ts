import { expect, test } from 'bun:test'
import { begun, paced } from '../../src/files/paced.ts'

/** What one side sends and the other one reads. */
function pipe() {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
  return { readable, writer: writable.getWriter() }
}

const collected = async (pieces: AsyncIterable<Uint8Array>) => {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece.slice())
  return Buffer.concat(all).toString()
}

test('a body that is silent, or comes too slowly, is refused in words', async () => {
  for (const first of ['', 'a']) {
    const { readable, writer } = pipe()
    if (first !== '') writer.write(new Uint8Array(Buffer.from(first))).catch(() => {})
    const error = await collected(paced(readable, { bytesMin: 2, windowMs: 20 })).catch((error) => error)
    expect(error).toMatchObject({ code: 'upload_too_slow' })
    expect(error.message).toContain('Fewer than 2 bytes came within 0.02 seconds')
  }
})

test('a small body, and one that takes long because of its reader, are read to their end', async () => {
  const body = new Response('abc').body
  expect(await collected(paced(body!, { bytesMin: 100, windowMs: 60_000 }))).toBe('abc')
  let sent = 0
  const slowlyRead = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (sent++ < 5) controller.enqueue(new Uint8Array(Buffer.from(`${sent}`)))
      else controller.close()
    },
  })
  let text = ''
  for await (const piece of paced(slowlyRead, { bytesMin: 100, windowMs: 1000 })) {
    text += Buffer.from(piece).toString()
    // Longer than the window, without a timer of its own.
    Bun.sleepSync(300)
  }
  expect(text).toBe('12345')
})

test('what has begun is whole, however its first pieces are cut', async () => {
  for (const bytesMin of [1, 3, 100]) {
    const pieces = (async function* () {
      for (const text of ['ab', 'cd', 'ef']) yield new Uint8Array(Buffer.from(text))
    })()
    expect(await collected(await begun(pieces, bytesMin))).toBe('abcdef')
  }
})

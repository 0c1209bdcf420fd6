import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { bundleAdmin } from '../../src/admin/bundle.ts'

const bytesMax = 250_000

test('what a browser loads is at most 250 kB packed, and React for production', async () => {
  const { script, style } = await bundleAdmin()
  const packed = gzipSync(script).length + gzipSync(style).length
  console.log(`admin bundle: ${packed} bytes packed of ${bytesMax}`)
  expect(packed).toBeLessThanOrEqual(bytesMax)
  expect(script).not.toContain('jsxDEV')
  // Of the server it knows types only.
  expect(script).not.toContain('drizzle')
}, 60_000)

import { encode } from './encode.ts'

/** A word or line of text with its left end, in points from the top left corner of an A4 page. */
export interface PlacedText {
  readonly x: number
  readonly y: number
  readonly size: number
  readonly text: string
}

/** The bytes of a plain PDF: Helvetica, one page each, texts drawn in the given order. */
export function pdfBytes(pages: readonly (readonly PlacedText[])[]): Uint8Array {
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((texts, index) => {
      const content = texts.map(drawn).join('\n')
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + index * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        // One byte a character: lengths of the text are lengths in bytes.
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ]
    }),
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((body, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${body}\nendobj\n`
    return offset
  })
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const end = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}${end}`
  return encode(text, 'windows-1252')
}

function drawn({ x, y, size, text }: PlacedText): string {
  return `BT /F1 ${size} Tf ${x} ${842 - y} Td (${text.replace(/[\\()]/g, '\\$&')}) Tj ET`
}

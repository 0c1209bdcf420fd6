import { deflateSync } from 'node:zlib'

/** Something on a page. Points from the left and from the top edge; for text, `y` is the baseline. */
export type PdfMark = PdfText | { line: [x0: number, y0: number, x1: number, y1: number] } | { picture: true }

export interface PdfText {
  text: string
  x: number
  y: number
  /** Default: 10. */
  size?: number
  isBold?: boolean
  /** Which end of the text stands at `x`. Default: left. */
  align?: 'left' | 'right' | 'center'
  /** Quarter turns clockwise around [x, y]. */
  turns?: number
  /** There and yet not seen, like the text that recognition lays over a scan. */
  isHidden?: boolean
}

export interface PdfPage {
  /** Default: A4, upright. */
  width?: number
  height?: number
  /** As the page's entry says it: degrees clockwise. */
  rotate?: 0 | 90 | 180 | 270
  marks: PdfMark[]
}

export interface PdfOptions {
  /** Says that a password is needed. */
  isEncrypted?: boolean
}

/** Every character of these documents is half as wide as the font is high. */
const widthPerSize = 0.5

export function textWidth(text: string, size = 10): number {
  return text.length * size * widthPerSize
}

/** Makes a PDF. Its fonts have characters of one width, and no shapes: nobody is to look at them. */
export function makePdf(pages: PdfPage[], options: PdfOptions = {}): Buffer {
  const objects: Buffer[] = []
  const add = (body: string | Buffer) => objects.push(Buffer.from(body))
  const stream = (content: string | Buffer, entries = '') => {
    const packed = deflateSync(content)
    return Buffer.concat([
      Buffer.from(`<< /Length ${packed.length} /Filter /FlateDecode ${entries} >>\nstream\n`),
      packed,
      Buffer.from('\nendstream'),
    ])
  }
  add('<< /Type /Catalog /Pages 2 0 R >>')
  const firstPage = 8
  const kids = pages.map((_, at) => `${firstPage + at * 2} 0 R`).join(' ')
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`)
  add(fontObject('Plain'))
  add(fontObject('Strong-Bold'))
  add(
    '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Plain /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 /FontDescriptor << /Type /FontDescriptor /FontName /Plain /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>',
  )
  add(stream(toUnicode()))
  add(
    stream(
      Buffer.alloc(48),
      '/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceRGB /BitsPerComponent 8',
    ),
  )
  for (const [at, { width = 595, height = 842, rotate = 0, marks }] of pages.entries()) {
    const resources = '<< /Font << /F0 3 0 R /F1 4 0 R >> /XObject << /Picture 7 0 R >> >>'
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Rotate ${rotate} /Resources ${resources} /Contents ${firstPage + at * 2 + 1} 0 R >>`,
    )
    add(stream(marks.map((mark) => drawn(mark, height)).join('\n')))
  }
  return assembled(objects, options)
}

function fontObject(name: string): string {
  return `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>`
}

/** Codes are UTF-16 units, so the table says of each that it means itself. */
function toUnicode(): string {
  const hex = (value: number) => value.toString(16).padStart(2, '0')
  const blocks: string[] = []
  for (let start = 0; start < 256; start += 64) {
    const ranges = Array.from({ length: 64 }, (_, at) => {
      const high = hex(start + at)
      return `<${high}00> <${high}ff> <${high}00>`
    })
    blocks.push(`64 beginbfrange\n${ranges.join('\n')}\nendbfrange`)
  }
  return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Own def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
${blocks.join('\n')}
endcmap end end`
}

function drawn(mark: PdfMark, height: number): string {
  if ('line' in mark) {
    const [x0, y0, x1, y1] = mark.line
    return `${x0} ${height - y0} m ${x1} ${height - y1} l S`
  }
  if ('picture' in mark) return `q 100 0 0 100 50 ${height - 150} cm /Picture Do Q`
  const { text, x, y, size = 10, isBold = false, align = 'left', turns = 0, isHidden = false } = mark
  const shift = align === 'left' ? 0 : textWidth(text, size) * (align === 'right' ? 1 : 0.5)
  const angle = (-turns * Math.PI) / 2
  const [cos, sin] = [Math.round(Math.cos(angle)), Math.round(Math.sin(angle))]
  const codes = Buffer.from(text, 'utf16le').swap16().toString('hex')
  const place = `${cos} ${sin} ${-sin} ${cos} ${x - shift * cos} ${height - y - shift * sin}`
  return `BT /F${isBold ? 1 : 0} ${size} Tf ${isHidden ? 3 : 0} Tr ${place} Tm <${codes}> Tj ET`
}

function assembled(objects: Buffer[], { isEncrypted = false }: PdfOptions): Buffer {
  const pieces = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  let at = pieces[0]!.length
  const offsets = objects.map((body, index) => {
    const offset = at
    const piece = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')])
    pieces.push(piece)
    at += piece.length
    return offset
  })
  const zeros = '0'.repeat(64)
  const encryption = isEncrypted
    ? `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${zeros}> /U <${zeros}> /P -4 >> /ID [<00> <00>]`
    : ''
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  pieces.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${encryption} >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(pieces)
}

import { describe, expect, test } from 'bun:test'
import { withhold } from '../../../../src/lib/withhold.ts'
import { pageIn, sniffedBytes } from '../../../../src/sources/kinds/http/page.ts'

const noSecrets: string[] = []
const look = (
  body: string | Uint8Array,
  { contentType = 'text/html', disposition = null as string | null, secrets = noSecrets } = {},
) =>
  pageIn(
    { bytes: typeof body === 'string' ? new TextEncoder().encode(body) : body, contentType, disposition },
    withhold(secrets).text,
  )

describe('a page that came in place of a list', () => {
  test.each([
    ['<!DOCTYPE html><html><head><title>Log in</title></head>', 'Log in'],
    ['\ufeff\r\n  <!doctype HTML>\n<TITLE lang="en">\n Log\n in </TITLE>', 'Log in'],
    ['<!-- one --><!-- two -->\n<html><body>no title</body></html>', null],
    [
      '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><title>A &amp; B &#x2f;</title>',
      'A & B /',
    ],
    ['<script>location="/login"</script>', null],
    ['<title>&__proto__;&constructor;</title>', '&__proto__;&constructor;'],
    ['<html><title></title>', null],
  ])('is known by its bytes: %s', (body, title) => {
    expect(look(body)).toEqual({ title })
    // Whatever the server calls it.
    expect(look(body, { contentType: 'text/csv' })).toEqual({ title })
  })

  test('is known in UTF-16 too', () => {
    const page = '<html><title>Anmeldung</title>'
    expect(look(Buffer.from(`\ufeff${page}`, 'utf16le'))).toEqual({ title: 'Anmeldung' })
    expect(look(Buffer.from(page, 'utf16le').swap16())).toEqual({ title: 'Anmeldung' })
  })

  test('shows no secret in its title, in whatever form, and no control characters', () => {
    const secrets = ['hunter2 &ü']
    for (const echoed of [
      'hunter2 &amp;ü',
      'hunter2 &#38;&#xfc;',
      encodeURIComponent('hunter2 &ü'),
      'hunter2+%26%C3%BC',
      Buffer.from('hunter2 &ü').toString('base64'),
    ])
      expect(look(`<html><title>No login for ${echoed}!</title>`, { secrets })).toEqual({
        title: expect.stringMatching(/^No login for \*{3}=*!$/),
      })
    expect(look('<html><title>a\u001b[31m\u202eb</title>')).toEqual({ title: 'a[31mb' })
    expect(look(`<html><title>${'x'.repeat(5000)}</title>`)?.title).toHaveLength(81)
    // The secret begins before the cut and ends behind it.
    const late = `${'x'.repeat(75)} hunter2 &ü`
    expect(look(`<html><title>${late}</title>`, { secrets })).toEqual({ title: `${'x'.repeat(75)} ***` })
  })
})

test.each([
  ['a;b\n1;2\n', 'text/html'],
  ['<?xml version="1.0"?><catalog><item/></catalog>', 'text/html'],
  ['<htmlish>', 'text/xml'],
  ['PK\u0003\u0004', 'text/html'],
  ['Article;Text\nA-1;<html>\n', 'text/html'],
  ['<!-- never closed <html>', 'text/xml'],
  ['<?xml never closed', 'text/xml'],
  ['', 'text/html'],
])('what is no page is none, whatever its type: %s', (body, contentType) => {
  expect(look(body, { contentType })).toBeNull()
})

test('a table of HTML that is handed out as a workbook or as a file is a list', () => {
  const table = '<html><table><tr><td>SKU</td></tr></table></html>'
  expect(look(table, { contentType: 'application/vnd.ms-excel' })).toBeNull()
  expect(look(table, { disposition: 'attachment; filename=prices.xls' })).toBeNull()
  expect(look(table, { disposition: 'inline; filename=prices.xls' })).not.toBeNull()
})

test('a body that is made to keep a search busy is looked through before the test is out of time', () => {
  for (const piece of [' ', '<!--', '<!-- -->', '<?', '<title', '<!---->', '-->', '\n<!-- --> ']) {
    const much = piece.repeat(sniffedBytes / piece.length)
    expect(look(much)).toEqual(piece === '<title' ? { title: null } : null)
    expect(look(`<html>${much}`)).toEqual({ title: null })
  }
})

import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { MarkupScanner } from '../../../../src/analyzer/formats/markup/scanner.ts'
import { InvalidError } from '../../../../src/lib/errors.ts'

type Dialect = 'xml' | 'html'

/** What a scanner tells of pieces, as lines: "<a x=1>", "text", "</a>". */
function eventsOf(pieces: readonly string[], dialect: Dialect = 'xml', textCharactersMax = 1000): string[] {
  const events: string[] = []
  const scanner = new MarkupScanner(
    {
      wantsText: true,
      open: (name, attributes) => {
        events.push(`<${[name, ...attributes.all().map(([key, value]) => `${key}=${value}`)].join(' ')}>`)
      },
      text: (text) => {
        if (text.trim() !== '') events.push(text)
      },
      close: (name) => {
        events.push(`</${name}>`)
      },
    },
    { limits: { textCharactersMax }, dialect, what: 'The file', place: () => ', here' },
  )
  for (const piece of pieces) scanner.push(piece)
  scanner.end()
  return events
}

function refusalOf(text: string, dialect: Dialect = 'xml'): InvalidError {
  try {
    eventsOf([text], dialect)
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
  throw new Error(`Nobody refused ${text.slice(0, 100)}.`)
}

describe('a document', () => {
  const cases: [string, string, string[]][] = [
    ['of an element', '<a>1</a>', ['<a>', '1', '</a>']],
    ['with an empty element', '<a><b/><c /></a>', ['<a>', '<b>', '</b>', '<c>', '</c>', '</a>']],
    ['with attributes', `<a x="1" y='2'  z = "3"/>`, ['<a x=1 y=2 z=3>', '</a>']],
    ['with ">" in quotes', '<a x="1>2">3</a>', ['<a x=1>2>', '3', '</a>']],
    ['with a slash in an attribute', '<a href="http://x/y/"/>', ['<a href=http://x/y/>', '</a>']],
    ['with prefixes', '<x:a xmlns:x="u" x:b="1"/>', ['<a b=1>', '</a>']],
    ['with references', '<a x="&quot;&#65;">&lt;&#x42;&amp;&apos;</a>', ['<a x="A>', "<B&'", '</a>']],
    [
      'with unknown references',
      '<a>&nbsp; &x; & &#xFFFFFFF;</a>',
      ['<a>', '&nbsp; &x; & &#xFFFFFFF;', '</a>'],
    ],
    ['with CDATA', '<a>1<![CDATA[<b>&amp;]]>2&amp;</a>', ['<a>', '1<b>&amp;2&', '</a>']],
    ['with brackets in CDATA', '<a><![CDATA[x]]]]><![CDATA[>y]]></a>', ['<a>', 'x]]>y', '</a>']],
    ['with comments', '<!-- <x> --><a>1<!-- - -- > -->2</a><!-- -->', ['<a>', '12', '</a>']],
    ['with instructions', '<?xml version="1.0"?><a><?x <y>?>1</a>', ['<a>', '1', '</a>']],
    ['with a document type', '<!DOCTYPE a SYSTEM "a>b.dtd"><a/>', ['<a>', '</a>']],
    ['with a public document type', `<!DOCTYPE a PUBLIC '-//x//[y' "z"><a/>`, ['<a>', '</a>']],
    ['with lone brackets', '<a>1 < 2, <5 mm</a>', ['<a>', '1 < 2, <5 mm', '</a>']],
    ['with line ends', '<a>1\r\n2\r3</a>', ['<a>', '1\n2\n3', '</a>']],
    ['with blanks around it', ' \n<a/>\n\0', ['<a>', '</a>']],
    ['with NUL by reference', '<a>1&#0;2</a>', ['<a>', '1\ufffd2', '</a>']],
    ['with names beyond ASCII', '<цена валюта="₽">1</цена>', ['<цена валюта=₽>', '1', '</цена>']],
  ]
  test.each(cases)('%s', (_, text, events) => {
    expect(eventsOf([text])).toEqual(events)
  })

  test.each(cases)('%s is the same in single characters', (_, text, events) => {
    expect(eventsOf([...text])).toEqual(events)
  })
})

describe('a page', () => {
  const cases: [string, string, string[]][] = [
    ['that closes nothing', '<table><tr><td>1<td>2', ['<table>', '<tr>', '<td>', '1', '<td>', '2']],
    ['in capitals', '<TD CLASS=x Width=5>1</TD>', ['<td class=x width=5>', '1', '</td>']],
    ['with bare attributes', '<td nowrap x:num>1', ['<td nowrap= num=>', '1']],
    ['with a quote in a bare attribute', `<td title=it's>1</td>`, [`<td title=it's>`, '1', '</td>']],
    ['with named characters', '<p>&nbsp;&euro;&auml;&Omega;&x;', ['<p>', '\u00a0€äΩ&x;']],
    ['with scripts', '<script>if (a<b) "</td>"</script><td>1', ['<script>', '</script>', '<td>', '1']],
    ['with a style in capitals', '<STYLE><!-- td {} --></STYLE>1', ['<style>', '</style>', '1']],
    ['with a document type', '<!DOCTYPE html PUBLIC "x" [y]><p>1', ['<p>', '1']],
    ['with a stray closing tag', '</b>1</b>', ['</b>', '1', '</b>']],
    ['with conditions', '<![if !x]>1<![endif]>', ['1']],
  ]
  test.each(cases)('%s', (_, text, events) => {
    expect(eventsOf([text], 'html')).toEqual(events)
  })

  test.each(cases)('%s is the same in single characters', (_, text, events) => {
    expect(eventsOf([...text], 'html')).toEqual(events)
  })
})

test('where a document is cut makes no difference', () => {
  const piece = fc.constantFrom(
    ...[
      '<a x="1>">',
      '</a>',
      '<b/>',
      'text & <5',
      '<![CDATA[<c>]]>',
      '<!-- <d> -->',
      '<?e?>',
      '\r\n',
      '&amp;',
      'ц',
    ],
  )
  const outcome = (pieces: string[]) => {
    try {
      return eventsOf(pieces)
    } catch (error) {
      return error instanceof InvalidError ? error.code : error
    }
  }
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(20)), (pieces, lengths) => {
      const text = `<r>${pieces.join('')}</r>`
      const cut: string[] = []
      let at = 0
      for (const length of lengths) {
        cut.push(text.slice(at, at + length))
        at += length
      }
      cut.push(text.slice(at))
      expect(outcome(cut)).toEqual(outcome([text]))
    }),
    { numRuns: 1000 },
  )
})

describe('what is refused', () => {
  test.each([
    ['a bomb of entities', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', 'xml_doctype'],
    ['an entity that names a file', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]><a>&b;</a>', 'xml_doctype'],
    [
      'declarations behind a document type',
      '<!DOCTYPE a SYSTEM "a.dtd" [<!ELEMENT a ANY>]><a/>',
      'xml_doctype',
    ],
    ['a declaration in the document', '<a><!ENTITY b "c"></a>', 'damaged_xml'],
    ['what is not closed', '<a><b>1', 'damaged_xml'],
    ['what is cut off in a tag', '<a><b x="', 'damaged_xml'],
    ['what is cut off in a comment', '<a><!-- ', 'damaged_xml'],
    ['what is cut off in CDATA', '<a><![CDATA[x', 'damaged_xml'],
    ['what closes another element', '<a><b></a></b>', 'damaged_xml'],
    ['what closes nothing', '<a></a></b>', 'damaged_xml'],
    ['a second root', '<a/><b/>', 'damaged_xml'],
    ['a name that goes on', '<a></ab>', 'damaged_xml'],
    ['nothing at all', ' ', 'damaged_xml'],
    ['elements nested without end', '<a>'.repeat(200), 'too_deep'],
    ['a text without end', `<a>${'x'.repeat(2000)}`, 'cell_too_long'],
    ['attributes without end', `<a ${'b="" '.repeat(2000)}/>`, 'too_many_attributes'],
  ])('%s', (_, text, code) => {
    expect(refusalOf(text)).toMatchObject({ code })
  })

  test('says how far it came', () => {
    expect(refusalOf('<a><b>1').message).toBe(
      'The file is not well-formed: it ends within <b> before everything is closed: it is cut off, here. Fetch or export it again.',
    )
  })
})

test('a text that nobody wants may be of any length', () => {
  let seen = 0
  const handler = { wantsText: false, open: () => seen++, text: () => {}, close: () => seen++ }
  const options = {
    limits: { textCharactersMax: 10 },
    dialect: 'xml',
    what: 'The file',
    place: () => '',
  } as const
  const scanner = new MarkupScanner(handler, options)
  scanner.push('<a>')
  for (let i = 0; i < 1000; i++) scanner.push('long text '.repeat(100))
  scanner.push('<!--')
  for (let i = 0; i < 1000; i++) scanner.push('long comment '.repeat(100))
  scanner.push('--></a>')
  scanner.end()
  expect(seen).toBe(2)
})
